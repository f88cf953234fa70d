using System.CommandLine;
using Ringwright.Server.Modules;
using Ringwright.Server.Rehearsal;

namespace Ringwright.Server.Cli;

/// <summary><c>run FILE</c>: plays a document against a caller of the lab, on a node of its own, and prints the conversation.</summary>
internal static class DocumentRunCommand
{
    private const string Keys = "0123456789ABCDabcd*#wW";
    private const int UsualSeconds = 120, MostSeconds = 3_600;

    public static Command Create(ScriptLanguage kind)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "the document; what it asks for beside it is served from its folder (*.xml)"
        };
        var digits = new Option<string[]>("--digits")
        {
            Description = "what the caller presses the next time that it listens", HelpName = "12#"
        };
        var say = new Option<string[]>("--say") { Description = "what the caller says then in place of pressing", HelpName = "TEXT" };
        var seconds = new Option<int>("--seconds")
        {
            Description = $"when the caller hangs up, 1 to {MostSeconds}", HelpName = "N", DefaultValueFactory = _ => UsualSeconds
        };
        digits.Validators.Add(given =>
        {
            if (given.Tokens.FirstOrDefault(token => !token.Value.All(key => Keys.Contains(key, StringComparison.Ordinal))) is { } wrong)
                given.AddError($"--digits takes keys: 0 to 9, A to D, *, # and w for half a second, not '{wrong.Value}'");
        });
        seconds.Validators.Add(given =>
        {
            if (given.Tokens is [var token] && !(int.TryParse(token.Value, out int number) && number is >= 1 and <= MostSeconds))
                given.AddError($"--seconds must be a whole number from 1 to {MostSeconds}, not '{token.Value}'");
        });
        var command = new Command("run", "Play a document against a caller of the lab, and print the conversation.")
        {
            file, digits, say, seconds
        };
        command.SetAction((parsed, stop) => RehearsalRun.RunAsync(kind,
            new(parsed.GetRequiredValue(file), CallerInput.Read(parsed, digits.Name, say.Name),
                TimeSpan.FromSeconds(parsed.GetValue(seconds))), Console.Out, stop));
        return command;
    }
}
