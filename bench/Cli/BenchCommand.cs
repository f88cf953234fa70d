using System.CommandLine;
using System.Text.Json;
using Ringwright.Bench.Api;
using Ringwright.Bench.Baseline;
using Ringwright.Bench.Campaigns;
using Ringwright.Bench.Curves;
using Ringwright.Bench.Driving;
using Ringwright.Bench.Held;
using Ringwright.Bench.Nodes;
using Ringwright.Bench.Reports;
using Ringwright.Bench.Soak;
using Ringwright.Bench.Soak.Thousand;
using Ringwright.Bench.Texts;
using Ringwright.Bench.Workloads;

namespace Ringwright.Bench.Cli;

/// <summary><c>./ringwright bench</c>, and the processes that it starts.</summary>
internal static class BenchCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var root = Create();
        root.Subcommands.Add(DriverCommand());
        root.Subcommands.Add(BaselineCommand());
        root.Subcommands.Add(BareStreamsCommand());
        root.Subcommands.Add(SoakCommand.Create());
        root.Subcommands.Add(ApiCommand.Create());
        root.Subcommands.Add(OverviewCommand.Create());
        root.Subcommands.Add(WebhooksCommand.Create());
        root.Subcommands.Add(StockCommand.Create());
        root.Subcommands.Add(TextsCommand.Create());
        root.Subcommands.Add(ImportCommand.Create());
        root.Subcommands.Add(ContactsCommand.Create());
        root.Subcommands.Add(CampaignCommand.Create());
        root.Subcommands.Add(HeldCommand.Create());
        root.Subcommands.Add(BareEndpoint.Create());
        root.Subcommands.Add(ProbeProcess.Create());
        try
        {
            return await root.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false });
        }
        catch (BenchFailure failure)
        {
            await Console.Error.WriteLineAsync($"ringwright bench: {failure.Message}");
            return 1;
        }
    }

    private static RootCommand Create()
    {
        var json = new Option<string>("--json") { Description = "write the figures to this file too", HelpName = "FILE" };
        var workloads = new Option<string>("--workload")
        {
            Description = $"these instead of the usual {string.Join(',', Catalogue.Usual.Select(w => w.Name))}: all, or some of "
                + $"{string.Join(',', Catalogue.All.Select(w => w.Name))} (two to three minutes each)",
            HelpName = "W1,…"
        };
        var runs = new Option<int>("--runs")
        {
            Description = "runs per workload, of which the median counts", DefaultValueFactory = _ => 3, HelpName = "N"
        };
        var bare = new Option<bool>("--bare") { Description = "measure each workload without the call trace too" };
        var quick = new Option<bool>("--quick")
        {
            Description = "a handful of calls per workload: shows that all works, and its figures mean nothing"
        };
        var curves = new Option<string>("--curves")
        {
            Description = $"measure at more and more load until it fails instead: {string.Join(',', Curve.All.Select(c => c.Name))}; "
                + "none draws those of the file of --json again",
            HelpName = "all", Arity = ArgumentArity.ZeroOrOne,
        };
        var svg = new Option<string>("--svg") { Description = "draw the curves into this folder", HelpName = "FOLDER" };
        var program = new Option<string>("--program")
        {
            Description = "measure this build of the program instead of the one beside the bench", HelpName = "ringwright.dll"
        };
        var root =
            new RootCommand("Measure the program under load: the CPU time of a call, beside bare sockets that move the same packets. "
                + "./ringwright bench --against REV measures this tree and a revision in turn.")
            {
                json, workloads, runs, bare, quick, curves, svg, program
            };
        root.SetAction(async (parsed, stop) =>
        {
            if (parsed.GetValue(program) is { } other) NodeProcess.ProgramPath = Path.GetFullPath(other);
            if (parsed.GetResult(curves) is not null)
                return await CurveRun.RunAsync(Curve.Choose(parsed.GetValue(curves)), parsed.GetValue(quick), parsed.GetValue(json),
                    parsed.GetValue(svg), stop);
            var chosen = Catalogue.Choose(parsed.GetValue(workloads));
            var options = new WorkloadOptions(Math.Clamp(parsed.GetValue(runs), 1, 100)) { IsQuick = parsed.GetValue(quick) };
            return await BenchRun.RunAsync(chosen, options, parsed.GetValue(bare), parsed.GetValue(json), stop);
        });
        return root;
    }

    private static Command DriverCommand()
    {
        var command = new Command(DriverProcess.DriverCommandName, "The load driver's process.") { Hidden = true };
        command.SetAction((_, stop) => Driver.RunAsync(stop));
        return command;
    }

    private static Command BaselineCommand()
    {
        var plan = new Argument<string>("plan");
        var command = new Command(DriverProcess.BaselineCommandName, "The baseline's process.") { plan };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            static void Say(RelayWord word) => Console.Out.WriteLine(JsonSerializer.Serialize(word, RelayJson.Default.RelayWord));
            // our own process writes it
            var relay = JsonSerializer.Deserialize(parsed.GetRequiredValue(plan), RelayJson.Default.RelayPlan)!;
            Say(relay.IsTls ? BareTls.Run(relay, Say) : BareRelay.Run(relay, Say));
            return 0;
        });
        return command;
    }

    private static Command BareStreamsCommand()
    {
        var plan = new Argument<string>("plan");
        var command = new Command(DriverProcess.BareStreamsCommandName, "The baseline of media streams.") { plan };
        command.Hidden = true;
        command.SetAction(async (parsed, stop) =>
        {
            // our own process writes it
            var streams = JsonSerializer.Deserialize(parsed.GetRequiredValue(plan), BareStreamJson.Default.BareStreamPlan)!;
            var word = await BareStreams.RunAsync(streams, stop);
            Console.Out.WriteLine(JsonSerializer.Serialize(word, BareStreamJson.Default.BareStreamWord));
            return 0;
        });
        return command;
    }
}
