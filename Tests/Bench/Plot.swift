import Foundation

/// A plot of a few lines, both axes by powers of ten, as an SVG.
struct Plot {
  struct Line {
    let name: String
    let points: [(x: Double, y: Double)]
  }

  let title: String
  let across: String
  let up: String
  let lines: [Line]

  private static let colours = [
    "#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#7f7f7f",
  ]
  private static let box = (left: 70.0, top: 40.0, width: 480.0, height: 300.0)

  var svg: String {
    let points = lines.flatMap(\.points)
    let (left, right) = Self.decades(points.map(\.x))
    let (bottom, top) = Self.decades(points.map(\.y))
    let box = Self.box
    func x(_ value: Double) -> Double {
      box.left + (log10(value) - left) / (right - left) * box.width
    }
    func y(_ value: Double) -> Double {
      box.top + box.height - (log10(value) - bottom) / (top - bottom) * box.height
    }
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 400" font-family="sans-serif" font-size="12">
      <rect width="760" height="400" fill="white"/>
      <text x="\(box.left)" y="22" font-size="15">\(title)</text>
      <text x="\(box.left + box.width / 2)" y="385" text-anchor="middle">\(across)</text>
      <text x="16" y="\(box.top + box.height / 2)" text-anchor="middle" transform="rotate(-90 16 \(box.top + box.height / 2))">\(up)</text>

      """
    for power in Int(left)...Int(right) {
      let place = x(pow(10, Double(power)))
      text += Self.rule(place, box.top, place, box.top + box.height)
      text += Self.label(place, box.top + box.height + 18, "middle", pow(10, Double(power)))
    }
    for power in Int(bottom)...Int(top) {
      let place = y(pow(10, Double(power)))
      text += Self.rule(box.left, place, box.left + box.width, place)
      text += Self.label(box.left - 8, place + 4, "end", pow(10, Double(power)))
    }
    for (number, line) in lines.enumerated() {
      let colour = Self.colours[number % Self.colours.count]
      let places = line.points.map { String(format: "%.1f,%.1f", x($0.x), y($0.y)) }
      text += "<polyline points=\"\(places.joined(separator: " "))\" fill=\"none\" "
      text += "stroke=\"\(colour)\" stroke-width=\"2\"/>\n"
      for place in line.points {
        text += String(
          format: "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"\(colour)\"/>\n", x(place.x),
          y(place.y))
      }
      let height = box.top + 12 + 20 * Double(number)
      text += "<text x=\"\(box.left + box.width + 16)\" y=\"\(height)\" fill=\"\(colour)\">"
      text += "\(line.name)</text>\n"
    }
    return text + "</svg>\n"
  }

  /// The powers of ten around the values.
  private static func decades(_ values: [Double]) -> (Double, Double) {
    let low = floor(log10(max(values.min() ?? 1, 1e-6)))
    let high = ceil(log10(max(values.max() ?? 10, 1e-6)))
    return (low, max(high, low + 1))
  }

  private static func rule(_ x: Double, _ y: Double, _ x2: Double, _ y2: Double) -> String {
    String(
      format: "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>\n", x, y, x2,
      y2)
  }

  private static func label(_ x: Double, _ y: Double, _ anchor: String, _ value: Double) -> String {
    let words = value >= 1 ? String(format: "%.0f", value) : String(format: "%g", value)
    return String(format: "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"", x, y)
      + "\(anchor)\">\(words)</text>\n"
  }
}
