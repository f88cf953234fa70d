using System.CommandLine;

namespace Ringwright.Bench.Campaigns;

/// <summary><c>./ringwright bench campaign</c>: what a call of a campaign costs.</summary>
internal static class CampaignCommand
{
    public static Command Create()
    {
        var calls = new Option<int>("--calls")
        {
            Description = "of the campaign, and as many by the API, 100 to 100000", DefaultValueFactory = _ => 5_000, HelpName = "N"
        };
        var rate = new Option<int>("--per-second")
        {
            Description = "how many begin in a second, 1 to 200", DefaultValueFactory = _ => 50, HelpName = "N"
        };
        Bound(calls, 100, 100_000);
        Bound(rate, 1, 200);
        var json = new Option<string>("--json") { Description = "write the figures to this file too", HelpName = "FILE" };
        var command = new Command("campaign", "Measure the calls of a campaign, beside the same calls dialled through the API.")
        {
            calls, rate, json
        };
        command.SetAction(async (parsed, stop) =>
        {
            var figures = await CallCost.MeasureAsync(parsed.GetValue(calls), parsed.GetValue(rate), Console.Error.WriteLine, stop);
            string text = figures.ToJsonString(new() { WriteIndented = true });
            await Console.Out.WriteLineAsync(text);
            if (parsed.GetValue(json) is { } file) await File.WriteAllTextAsync(file, text + "\n", stop);
            return 0;
        });
        return command;
    }

    private static void Bound(Option<int> option, int least, int most) => option.Validators.Add(given =>
    {
        int value = given.GetValueOrDefault<int>();
        if (value < least || value > most) given.AddError($"{option.Name} must be from {least} to {most}");
    });
}
