using System.CommandLine;

namespace Ringwright.Bench.Api;

/// <summary><c>./ringwright bench webhooks</c>: what an agency's provider may tell, and what that costs.</summary>
internal static class WebhooksCommand
{
    private const int UsualRate = 500, UsualSeconds = 60;

    public static Command Create()
    {
        var rate = new Option<int>("--rate")
        {
            Description = "webhooks a second, 1 to 1000", DefaultValueFactory = _ => UsualRate, HelpName = "N"
        };
        rate.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is not (>= 1 and <= 1_000)) given.AddError("--rate must be from 1 to 1000");
        });
        var seconds = new Option<int>("--seconds")
        {
            Description = "for so long, 1 to 600", DefaultValueFactory = _ => UsualSeconds, HelpName = "N"
        };
        seconds.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is not (>= 1 and <= 600)) given.AddError("--seconds must be from 1 to 600");
        });
        var json = new Option<string>("--json") { Description = "write the figures to this file too", HelpName = "FILE" };
        var command = new Command("webhooks", "Measure signed webhooks of an agency's provider, until the last of them is a call.")
        {
            rate, seconds, json
        };
        command.SetAction(async (parsed, stop) =>
        {
            var figures = await WebhooksCost.MeasureAsync(parsed.GetValue(rate), parsed.GetValue(seconds), Console.Error.WriteLine, stop);
            string text = figures.ToJsonString(new() { WriteIndented = true });
            await Console.Out.WriteLineAsync(text);
            if (parsed.GetValue(json) is { } file) await File.WriteAllTextAsync(file, text + "\n", stop);
            return 0;
        });
        return command;
    }
}
