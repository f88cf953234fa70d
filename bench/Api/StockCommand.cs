using System.CommandLine;

namespace Ringwright.Bench.Api;

/// <summary><c>./ringwright bench stock</c>: what very many numbers for sale cost.</summary>
internal static class StockCommand
{
    public const string Name = "stock";
    private const int UsualLines = StockCost.MostLines;

    public static Command Create()
    {
        var lines = new Option<int>("--ranges")
        {
            Description = $"ranges of {StockCost.NumbersOfLine} numbers, 1 to {StockCost.MostLines}", DefaultValueFactory = _ => UsualLines,
            HelpName = "N",
        };
        lines.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is not (>= 1 and <= StockCost.MostLines))
                given.AddError($"--ranges must be from 1 to {StockCost.MostLines}");
        });
        var json = new Option<string>("--json") { Description = "write the figures to this file too", HelpName = "FILE" };
        var command = new Command(Name,
            "Measure the import of numbers for sale, beside the same rows inserted by the database's driver, and searches among them.")
        {
            lines, json
        };
        command.SetAction(async (parsed, stop) =>
        {
            var figures = await StockCost.MeasureAsync(parsed.GetValue(lines), Console.Error.WriteLine, stop);
            string text = figures.ToJsonString(new() { WriteIndented = true });
            await Console.Out.WriteLineAsync(text);
            if (parsed.GetValue(json) is { } file) await File.WriteAllTextAsync(file, text + "\n", stop);
            return 0;
        });
        return command;
    }
}
