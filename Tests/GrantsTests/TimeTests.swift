import Grants
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", Int64(0)), ("1969-12-31T23:59:59Z", -1),
    ("1970-01-01T00:00:01Z", 1), ("1900-01-01T00:00:00Z", -2_208_988_800),
    ("2000-02-29T12:00:00Z", 951_825_600), ("2000-03-01T00:00:00Z", 951_868_800),
    ("2024-02-29T23:59:59Z", 1_709_251_199), ("2026-11-23T18:15:02Z", 1_795_457_702),
    ("2038-01-19T03:14:08Z", 2_147_483_648), ("2100-02-28T23:59:59Z", 4_107_542_399),
    ("2100-03-01T00:00:00Z", 4_107_542_400), ("9999-12-31T23:59:59Z", 253_402_300_799),
    ("0001-01-01T00:00:00Z", -62_135_596_800), ("0000-02-29T00:00:00Z", -62_162_121_600),
    ("1600-02-29T00:00:00Z", -11_670_998_400),
  ])
  func roundTrip(_ text: String, _ seconds: Int64) throws {
    let moment = try #require(Timestamp(text))
    #expect(moment.seconds == seconds)
    #expect(Timestamp(seconds: seconds).description == text)
    #expect(Timestamp(compact: moment.compact) == moment)
  }

  @Test func everyDayOfFourCenturiesFollowsTheOneBefore() throws {
    let start = try #require(Timestamp("1899-12-31T06:07:08Z"))
    var last = start
    for day in 1...146_097 {
      let moment = start + .days(Int64(day))
      #expect(last.description < moment.description)
      if day.isMultiple(of: 17) { #expect(Timestamp(moment.description) == moment) }
      last = moment
    }
    #expect(last.description == "2299-12-31T06:07:08Z")
  }

  @Test(arguments: [
    "2016-12-31T23:59:60Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
    "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
    "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z", "2026-01-01T24:00:00Z",
    "2026-01-01T00:60:00Z", "10000-01-01T00:00:00Z", "-001-01-01T00:00:00Z",
    "2026-01-01T00:00:00", "2026-01-01T00:00:00z", "2026-01-01t00:00:00Z",
    "2026-01-01T00:00:00.0Z", "2026-01-01T00:00Z", "2026-01-01T00:00:00+0000",
    "2026-01-01T00:00:00+00:00", "2026-01-01", "20260101T000000Z", " 026-01-01T00:00:00Z",
    "2026-01-01T00:00:00Z ", "+026-01-01T00:00:00Z", "2026-1-001T00:00:00Z", "",
    "２026-01-01T00:00Z", "2026-01-01T00:00:0٠Z",
  ])
  func refused(_ text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test func arithmeticStopsAtTheEdges() {
    #expect((Timestamp(seconds: .max) + .hours(1)).seconds == .max)
    #expect((Timestamp(seconds: .min) - .hours(1)).seconds == .min)
    #expect(Timestamp(seconds: .max) - Timestamp(seconds: -1) == TimeSpan(seconds: .max))
  }

  @Test func theLongestAgoAndTheLatestAreFarApartInTheRightDirection() {
    // An overflow must not make what is long ago look like the far future.
    let (ago, ahead) = (Timestamp(seconds: .min), Timestamp(seconds: .max))
    #expect(ahead - ago > .days(1))
    #expect(ago - ahead < TimeSpan(seconds: 0))
  }
}

@Suite struct TimeSpanTests {
  @Test(arguments: [
    ("PT1H30M", Int64(5_400), "PT1H30M"), ("PT90M", 5_400, "PT1H30M"), ("P1D", 86_400, "PT24H"),
    ("P2W", 1_209_600, "PT336H"), ("P1DT1S", 86_401, "PT24H1S"), ("PT0S", 0, "PT0S"),
    ("PT59S", 59, "PT59S"), ("PT000000000001H", 3_600, "PT1H"),
    ("P36500D", 3_153_600_000, "PT876000H"), ("P1W1D", 691_200, "PT192H"),
  ])
  func read(_ text: String, _ seconds: Int64, _ canonical: String) throws {
    let span = try #require(TimeSpan(iso: text))
    #expect(span.seconds == seconds)
    #expect(span.iso == canonical)
    #expect(TimeSpan(iso: canonical) == span)
  }

  @Test(arguments: [
    "", "P", "PT", "P1DT", "1H", "PT1", "PTH", "pt1h", "PT1h", "-PT1H", "PT-1H", "+PT1H", "PT1.5H",
    "PT1,5H", "P1Y", "P1M", "PT1M1H", "PT1H1H", "P1D1D", "P1D1W", "PT1D", "P1H", "PTT1H", "PT1HT1M",
    "P36501D", "PT876000H1S", "PT9999999999999H", "PT99999999999999999999S", "PT1H ", " PT1H",
    "PT１H", "PT1H\u{0}", "P1DT1H1M1S1S",
  ])
  func refused(_ text: String) {
    #expect(TimeSpan(iso: text) == nil)
  }
}
