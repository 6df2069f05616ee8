print("daypass")
