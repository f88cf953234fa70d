using System.CommandLine;

namespace Ringwright.Bench.Campaigns;

/// <summary><c>./ringwright bench import</c>: what a long list costs.</summary>
internal static class ImportCommand
{
    public const string Name = "import";
    private const int UsualRows = 1_000_000;

    public static Command Create()
    {
        var rows = new Option<int>("--rows")
        {
            Description = "contacts of the file, 1000 to 9000000", DefaultValueFactory = _ => UsualRows, HelpName = "N"
        };
        rows.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is not (>= 1_000 and <= 9_000_000)) given.AddError("--rows must be from 1000 to 9000000");
        });
        var json = new Option<string>("--json") { Description = "write the figures to this file too", HelpName = "FILE" };
        var command = new Command(Name, "Measure the import of a list of contacts, beside the same rows inserted by the database's driver.")
        {
            rows, json
        };
        command.SetAction(async (parsed, stop) =>
        {
            var figures = await ImportCost.MeasureAsync(parsed.GetValue(rows), Console.Error.WriteLine, stop);
            string text = figures.ToJsonString(new() { WriteIndented = true });
            await Console.Out.WriteLineAsync(text);
            if (parsed.GetValue(json) is { } file) await File.WriteAllTextAsync(file, text + "\n", stop);
            return 0;
        });
        return command;
    }
}
