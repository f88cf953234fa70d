using System.Text.Json.Nodes;

namespace Ringwright.Examples;

/// <summary>
/// 1 says the opening hours and asks again, 2 connects with the office. Who presses nothing, or something else, twice hears goodbye.
/// </summary>
/// <param name="office">A number.</param>
public sealed class VoiceMenu(string office)
{
    public async Task HandleAsync(ExampleLine line, CallStep step)
    {
        string at = (string?)step.State["step"] ?? "";
        switch (step.Type)
        {
            case "call.initiated" when step.Text("direction") == "incoming":
                await line.SendAsync(step.Call, "answer", new());
                break;
            case "call.answered" when at != "connected":
                await AskAsync(line, step);
                break;
            case "call.gather.ended" when step.Text("status") != "call_hangup":
                string digits = step.Text("digits") ?? "";
                if (digits.Length > 0) Console.WriteLine($"{step.Text("from")} chose {digits}");
                if (digits == "1") await SayAsync(line, step, "We are here from nine to five.", "hours");
                else if (digits == "2") await ConnectAsync(line, step);
                else await SayAsync(line, step, "Goodbye.", "goodbye");
                break;
            case "call.speak.ended" when at == "hours":
                await AskAsync(line, step);
                break;
            case "call.speak.ended" when at == "goodbye":
                await line.SendAsync(step.Call, "hangup", new());
                break;
            case "call.hangup":
                Console.WriteLine($"{step.Text("from")} to {step.Text("to")} is over: {step.Text("hangup_cause")}");
                break;
        }
    }

    private static Task AskAsync(ExampleLine line, CallStep step) => line.SendAsync(step.Call, "gather_using_speak", new()
    {
        ["payload"] = "For our opening hours, press 1. To talk to somebody, press 2.", ["invalid_payload"] = "That was no choice.",
        ["voice"] = "female", ["language"] = "en-US", ["valid_digits"] = "12", ["maximum_digits"] = 1, ["maximum_tries"] = 2,
        ["timeout_millis"] = 4_000,
    }, At("menu"));

    private static Task SayAsync(ExampleLine line, CallStep step, string words, string next) => line.SendAsync(step.Call, "speak",
        new() { ["payload"] = words, ["voice"] = "female", ["language"] = "en-US" }, At(next));

    private Task ConnectAsync(ExampleLine line, CallStep step) => line.SendAsync(step.Call, "transfer", new()
    {
        ["to"] = office, ["from"] = line.Number,
        ["target_leg_client_state"] = Convert.ToBase64String("""{"step":"connected"}"""u8),
    });

    private static JsonObject At(string step) => new() { ["step"] = step };
}
