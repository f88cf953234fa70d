using System.CommandLine;

namespace Ringwright.Bench.Api;

/// <summary><c>./ringwright bench overview</c>: whether figures of an agency take longer the more calls there are.</summary>
internal static class OverviewCommand
{
    private const int UsualCalls = 1_000_000;

    public static Command Create()
    {
        var calls = new Option<int>("--calls")
        {
            Description = "of the agency in 85 days, 1000 to 9000000", DefaultValueFactory = _ => UsualCalls, HelpName = "N"
        };
        calls.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is not (>= 1_000 and <= 9_000_000)) given.AddError("--calls must be from 1000 to 9000000");
        });
        var json = new Option<string>("--json") { Description = "write the figures to this file too", HelpName = "FILE" };
        var command = new Command("overview", "Measure an agency's overview of 90 days, over all calls and over a hundredth of them.")
        {
            calls, json
        };
        command.SetAction(async (parsed, stop) =>
        {
            var figures = await OverviewCost.MeasureAsync(parsed.GetValue(calls), Console.Error.WriteLine, stop);
            string text = figures.ToJsonString(new() { WriteIndented = true });
            await Console.Out.WriteLineAsync(text);
            if (parsed.GetValue(json) is { } file) await File.WriteAllTextAsync(file, text + "\n", stop);
            return 0;
        });
        return command;
    }
}
