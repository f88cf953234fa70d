using System.CommandLine;

namespace Ringwright.Bench.Texts;

/// <summary><c>./ringwright bench texts</c>: what texts by SMPP cost.</summary>
internal static class TextsCommand
{
    public const string Name = "texts";
    private const int UsualTexts = 20_000;

    public static Command Create()
    {
        var texts = new Option<int>("--texts")
        {
            Description = "texts of each, 100 to 1000000", DefaultValueFactory = _ => UsualTexts, HelpName = "N"
        };
        texts.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is not (>= 100 and <= 1_000_000)) given.AddError("--texts must be from 100 to 1000000");
        });
        var json = new Option<string>("--json") { Description = "write the figures to this file too", HelpName = "FILE" };
        var command = new Command(Name, "Measure texts by SMPP, beside Debian's Kannel at the same message centre.") { texts, json };
        command.SetAction(async (parsed, stop) =>
        {
            var figures = await TextsCost.MeasureAsync(parsed.GetValue(texts), Console.Error.WriteLine, stop);
            string text = figures.ToJsonString(new() { WriteIndented = true });
            await Console.Out.WriteLineAsync(text);
            if (parsed.GetValue(json) is { } file) await File.WriteAllTextAsync(file, text + "\n", stop);
            return 0;
        });
        return command;
    }
}
