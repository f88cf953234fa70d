using Ringwright.Calls;

namespace Ringwright.Lab.Personas;

/// <summary>A company's machine that asks for digits: 1 asks for a customer number and says it back, 2 says goodbye and hangs up, 9 says the menu again.</summary>
internal sealed class Menu : Persona
{
    private const string Welcome = "Welcome to the lab. ", Choices = "Press 1 to enter your customer number. Press 2 to leave. Press 9 to hear this again.";
    private const string Main = "main", Number = "number";
    private const int Tries = 3, NumberDigits = 4;

    private bool _isLeaving;

    public override async Task OnRingingAsync(PersonaCall call)
    {
        await call.WaitAsync(TimeSpan.FromMilliseconds(call.Choose(200, 600)));
        await call.AnswerAsync(Welcome + Choices);
    }

    public override Task OnAnsweredAsync(PersonaCall call) => AskAsync(call, Welcome);

    public override async Task OnEventAsync(PersonaCall call, CallEvent happened)
    {
        if (happened is CallEvent.SpeakEnded && _isLeaving) await call.SendAsync(new LegCommand.Hangup());
        if (happened is not CallEvent.GatherEnded { Status: not GatherStatus.CallHangup } gathered) return;
        switch (gathered)
        {
            case { Status: not GatherStatus.Valid } or { GatherId: Main, Digits: "2" }:
                _isLeaving = true;
                await call.SayAsync("Goodbye.");
                break;
            case { GatherId: Main, Digits: "1" }:
                await call.SendAsync(new LegCommand.Gather
                {
                    GatherId = Number,
                    Prompt = PersonaCall.Words("Please enter your customer number, four digits."),
                    InvalidPrompt = PersonaCall.Words("That is not a customer number."),
                    MinimumDigits = NumberDigits,
                    MaximumDigits = NumberDigits,
                    ValidDigits = "0123456789",
                    MaximumTries = Tries,
                });
                break;
            case { GatherId: Main }:
                await AskAsync(call, "");
                break;
            case { GatherId: Number, Digits: var digits }:
                await AskAsync(call, $"You have entered {string.Join(' ', digits.AsEnumerable())}. Thank you. ");
                break;
        }
    }

    private static async Task AskAsync(PersonaCall call, string first) => await call.SendAsync(new LegCommand.Gather
    {
        GatherId = Main,
        Prompt = PersonaCall.Words(first + Choices),
        InvalidPrompt = PersonaCall.Words("There is nothing behind that key."),
        MaximumDigits = 1,
        ValidDigits = "129",
        MaximumTries = Tries,
    });
}
