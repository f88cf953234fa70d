using System.CommandLine;

namespace Ringwright.Bench.Campaigns;

/// <summary><c>./ringwright bench contacts</c>: what the largest file costs that an agency may send.</summary>
internal static class ContactsCommand
{
    private const int MostRows = 100_000;

    public static Command Create()
    {
        var rows = new Option<int>("--rows")
        {
            Description = "contacts of the file, 1000 to 100000", DefaultValueFactory = _ => MostRows, HelpName = "N"
        };
        rows.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is not (>= 1_000 and <= MostRows)) given.AddError("--rows must be from 1000 to 100000");
        });
        var json = new Option<string>("--json") { Description = "write the figures to this file too", HelpName = "FILE" };
        var command = new Command("contacts",
            "Measure a file of contacts that is sent to an agency's batch, beside the same rows inserted by the database's driver.")
        {
            rows, json
        };
        command.SetAction(async (parsed, stop) =>
        {
            var figures = await ContactsCost.MeasureAsync(parsed.GetValue(rows), Console.Error.WriteLine, stop);
            string text = figures.ToJsonString(new() { WriteIndented = true });
            await Console.Out.WriteLineAsync(text);
            if (parsed.GetValue(json) is { } file) await File.WriteAllTextAsync(file, text + "\n", stop);
            return 0;
        });
        return command;
    }
}
