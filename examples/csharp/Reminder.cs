namespace Ringwright.Examples;

/// <summary>Whom to remind of what, and what came of it.</summary>
public sealed record Appointment(string Name, string Number, string When)
{
    public string? Outcome { get; set; }

    /// <summary>Done when the call is over.</summary>
    public TaskCompletionSource Over { get; set; } = new();

    /// <param name="file">Lines of name, number and when, below a line that says so.</param>
    public static IReadOnlyList<Appointment> Read(string file) =>
        [.. File.ReadLines(file).Skip(1).Select(line => line.Split(',')).Where(cells => cells.Length == 3)
            .Select(cells => new Appointment(cells[0].Trim(), cells[1].Trim(), cells[2].Trim()))];
}

/// <summary>
/// Reminds people of their appointments: 1 confirms, 2 cancels, a machine gets a message. Who is busy or does not answer is called once
/// more.
/// </summary>
/// <param name="pause">Before somebody is called once more.</param>
public sealed class Reminder(IReadOnlyList<Appointment> people, TimeSpan pause)
{
    public async Task HandleAsync(ExampleLine line, CallStep step)
    {
        // Else somebody calls this number himself.
        if ((int?)step.State["person"] is not { } at || at < 0 || at >= people.Count) return;
        var person = people[at];
        switch (step.Type)
        {
            case "call.answered":
                await line.SendAsync(step.Call, "gather_using_speak", new()
                {
                    ["payload"] = $"Hello {person.Name}. You have an appointment {person.When}. Press 1 to confirm, or 2 to cancel.",
                    ["voice"] = "female", ["language"] = "en-US", ["valid_digits"] = "12", ["maximum_digits"] = 1, ["maximum_tries"] = 2,
                    ["timeout_millis"] = 5_000,
                });
                break;
            case "call.gather.ended" when step.Text("status") is not ("call_hangup" or "cancelled_amd"):
                string? answer = step.Text("digits") switch { "1" => "confirmed", "2" => "cancelled", _ => null };
                person.Outcome = answer ?? "pressed nothing";
                await SayAsync(line, step, at, answer is null ? "Goodbye." : "Thank you. Goodbye.");
                break;
            case "call.machine.greeting.ended":
                person.Outcome = "message left";
                await SayAsync(line, step, at,
                    $"This is a message for {person.Name}. You have an appointment {person.When}. Please call us if you cannot come.");
                break;
            case "call.speak.ended" when (string?)step.State["step"] == "last words":
                await line.SendAsync(step.Call, "hangup", new());
                break;
            case "call.hangup":
                person.Outcome ??= step.Text("hangup_cause");
                person.Over.TrySetResult();
                break;
        }
    }

    /// <summary>Calls all of them, and prints what came of each.</summary>
    public async Task RunAsync(ExampleLine line)
    {
        await Task.WhenAll(people.Select((person, at) => RemindAsync(line, person, at)));
        foreach (var person in people) Console.WriteLine($"{person.Name}: {person.Outcome}");
    }

    private async Task RemindAsync(ExampleLine line, Appointment person, int at)
    {
        await CallAsync(line, person, at);
        if (person.Outcome is not ("user_busy" or "timeout")) return;
        await Task.Delay(pause);
        await CallAsync(line, person, at);
    }

    private static async Task CallAsync(ExampleLine line, Appointment person, int at)
    {
        (person.Outcome, person.Over) = (null, new());
        try
        {
            await line.DialAsync(person.Number, new()
            {
                ["timeout_secs"] = 20, ["answering_machine_detection"] = "detect_beep",
            }, new() { ["person"] = at });
        }
        catch (InvalidOperationException refused)
        {
            // The others are called all the same.
            person.Outcome = refused.Message;
            return;
        }
        await person.Over.Task;
    }

    private static Task SayAsync(ExampleLine line, CallStep step, int at, string words) => line.SendAsync(step.Call, "speak",
        new() { ["payload"] = words, ["voice"] = "female", ["language"] = "en-US" },
        new() { ["person"] = at, ["step"] = "last words" });
}
