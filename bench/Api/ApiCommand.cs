using System.CommandLine;
using System.Text.Json.Nodes;

namespace Ringwright.Bench.Api;

/// <summary><c>./ringwright bench api</c>: what the HTTP side costs, beside the least that it could.</summary>
internal static class ApiCommand
{
    public const string Name = "api";
    private const int UsualRows = 1_000_000, UsualNumbers = 100_000;

    public static Command Create()
    {
        var rows = new Option<int>("--rows")
        {
            Description = "call records for the lists; 0 leaves them out", DefaultValueFactory = _ => UsualRows, HelpName = "N"
        };
        var numbers = new Option<int>("--numbers")
        {
            Description = "numbers of which one is changed; 0 leaves that out", DefaultValueFactory = _ => UsualNumbers, HelpName = "N"
        };
        var json = new Option<string>("--json") { Description = "write the figures to this file too", HelpName = "FILE" };
        rows.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is not (>= 0 and <= 10_000_000)) given.AddError("--rows must be from 0 to 10000000");
        });
        numbers.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is not (>= 0 and <= 9_999_999)) given.AddError("--numbers must be from 0 to 9999999");
        });
        var only = new Option<bool>("--only-numbers") { Description = "leave out start-up and pipeline" };
        var command = new Command(Name,
            "Measure start-up, a request's way through the pipeline, lists over many rows, and the change of one number among many.")
        {
            rows, numbers, only, json
        };
        command.SetAction(async (parsed, stop) =>
        {
            var figures = new JsonObject();
            if (!parsed.GetValue(only))
            {
                figures["start_ms"] = await StartTime.MeasureAsync(Say, stop);
                figures["pipeline_us"] = await PipelineCost.MeasureAsync(Say, stop);
            }
            if (parsed.GetValue(rows) is var count and > 0) figures["lists"] = await BigLists.MeasureAsync(count, Say, stop);
            if (parsed.GetValue(numbers) is var many and > 0) figures["one_of_many"] = await OneOfMany.MeasureAsync(many, Say, stop);
            string text = figures.ToJsonString(new() { WriteIndented = true });
            await Console.Out.WriteLineAsync(text);
            if (parsed.GetValue(json) is { } file) await File.WriteAllTextAsync(file, text + "\n", stop);
            return 0;
        });
        return command;
    }

    private static void Say(string line) => Console.Error.WriteLine(line);
}
