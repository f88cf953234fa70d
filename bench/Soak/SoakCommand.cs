using System.CommandLine;
using Ringwright.Bench.Soak.Reports;
using Ringwright.Bench.Soak.Thousand;

namespace Ringwright.Bench.Soak;

/// <summary><c>./ringwright soak</c>.</summary>
internal static class SoakCommand
{
    public const string Name = "soak";
    private const double MostMinutes = 7 * 24 * 60, UsualMinutes = 5;
    /// <summary>Each needs a media port pair of the node below the system's own ports.</summary>
    private const int MostCalls = 5_000;

    public static Command Create()
    {
        var minutes = new Option<double>("--minutes")
        {
            Description = "how long calls are made; fractions are fine", DefaultValueFactory = _ => UsualMinutes, HelpName = "N"
        };
        var seed = new Option<int>("--seed")
        {
            Description = "fixes which calls are made, what happens in them, and the faults; drawn and shown when not set", HelpName = "N"
        };
        var rate = new Option<double>("--calls-per-second")
        {
            Description = "how many calls are begun", DefaultValueFactory = _ => 4, HelpName = "X"
        };
        var database = new Option<string>("--database")
        {
            Description = "the node's --database; a file of its own when not set. The word postgres starts a server "
                + "for the run, which faults restart",
            HelpName = "URL|postgres"
        };
        var json = new Option<string>("--json") { Description = "write the report to this file too", HelpName = "FILE" };
        var scenario = new Option<string>("--scenario")
        {
            Description = "mixed, or thousand: very many calls at once, held with a prompt",
            DefaultValueFactory = _ => "mixed", HelpName = "NAME"
        };
        var calls = new Option<int>("--calls")
        {
            Description = "for thousand: how many calls at once", DefaultValueFactory = _ => 1_000, HelpName = "N"
        };
        scenario.AcceptOnlyFromAmong("mixed", "thousand");
        calls.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is not (>= 1 and <= MostCalls)) given.AddError($"--calls must be from 1 to {MostCalls}");
        });
        minutes.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<double>() is not (> 0 and <= MostMinutes))
                given.AddError("--minutes must be more than 0, and at most a week");
        });
        rate.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<double>() is not (> 0 and <= 100))
                given.AddError("--calls-per-second must be more than 0 and at most 100");
        });
        var command = new Command(Name,
            "Mixed calls with faults on a node of its own: fails when the node loses a call, or keeps timers, ports, rows, "
                + "files, memory or handles.")
        {
            minutes, seed, rate, database, json, scenario, calls
        };
        command.SetAction(async (parsed, stop) =>
        {
            string? file = parsed.GetValue(json);
            if (parsed.GetValue(scenario) == "thousand")
            {
                var held = await ThousandRun.RunAsync(parsed.GetValue(calls),
                    TimeSpan.FromMinutes(parsed.GetResult(minutes) is null ? 1 : parsed.GetValue(minutes)), Say, stop);
                return await TellAsync(held.ToText(), held.ToJson(), file, held.IsClean);
            }
            var options = new SoakOptions
            {
                Length = TimeSpan.FromMinutes(parsed.GetValue(minutes)),
                Seed = parsed.GetResult(seed) is null ? Random.Shared.Next(1, 1_000_000) : parsed.GetValue(seed),
                CallsPerSecond = parsed.GetValue(rate),
                Database = parsed.GetValue(database),
            };
            var report = await SoakRun.RunAsync(options, Say, stop);
            return await TellAsync(SoakText.Write(report), SoakJson.Write(report), file, report.IsClean);
        });
        return command;
    }

    private static async Task<int> TellAsync(string text, string json, string? file, bool isClean)
    {
        await Console.Out.WriteAsync(text);
        if (file is not null) await File.WriteAllTextAsync(file, json + "\n", CancellationToken.None);
        return isClean ? 0 : 1;
    }

    private static void Say(string line) => Console.Error.WriteLine($"{DateTimeOffset.UtcNow:HH:mm:ss}  {line}");
}
