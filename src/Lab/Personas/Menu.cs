using Ringwright.Calls;

namespace Ringwright.Lab.Personas;

/// <summary>
/// A company's machine that asks for digits: 1 asks for a customer number and says it back,
/// 2 says goodbye and hangs up, 9 says the menu again.
/// </summary>
internal sealed class Menu : Persona
{
    private const string Welcome = "Welcome to the lab. ",
        Choices = "Press 1 to enter your customer number. Press 2 to leave. Press 9 to hear this again.";
    private const int Tries = 3, NumberDigits = 4;

    public override async Task RunAsync(PersonaCall call)
    {
        if (await call.NextAsync() is { Leg.Direction: Direction.Inbound })
        {
            await call.WaitAsync(TimeSpan.FromMilliseconds(call.Choose(200, 600)));
            await call.AnswerAsync(Welcome + Choices);
        }
        if (await call.NextAsync<CallEvent.LegAnswered>() is null) return;

        for (string first = Welcome; ;)
        {
            var choice = await AskAsync(call, Choice(first));
            var entered = choice is { Status: GatherStatus.Valid, Digits: "1" } ? await AskAsync(call, Number) : choice;
            if (entered is null or { Status: GatherStatus.CallHangup }) return;
            if (entered.Status is not GatherStatus.Valid || choice is { Digits: "2" }) break;
            first = choice is { Digits: "1" } ? $"You have entered {string.Join(' ', entered.Digits.AsEnumerable())}. Thank you. " : "";
        }
        await call.SayAsync("Goodbye.");
        if (await call.NextAsync<CallEvent.SpeakEnded>() is not null) await call.SendAsync(new LegCommand.Hangup());
    }

    private static async Task<CallEvent.GatherEnded?> AskAsync(PersonaCall call, LegCommand.Gather question)
    {
        await call.SendAsync(question);
        return await call.NextAsync<CallEvent.GatherEnded>();
    }

    private static LegCommand.Gather Choice(string first) => new()
    {
        Prompt = PersonaCall.Words(first + Choices),
        InvalidPrompt = PersonaCall.Words("There is nothing behind that key."),
        MaximumDigits = 1,
        ValidDigits = "129",
        MaximumTries = Tries,
    };

    private static LegCommand.Gather Number => new()
    {
        Prompt = PersonaCall.Words("Please enter your customer number, four digits."),
        InvalidPrompt = PersonaCall.Words("That is not a customer number."),
        MinimumDigits = NumberDigits,
        MaximumDigits = NumberDigits,
        ValidDigits = "0123456789",
        MaximumTries = Tries,
    };
}
