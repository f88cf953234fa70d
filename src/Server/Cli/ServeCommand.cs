using System.CommandLine;
using System.Runtime.InteropServices;
using Ringwright.Server.Nodes;
using Ringwright.Server.Roles;
using Ringwright.Server.Settings;
using Ringwright.Server.Telemetry;

namespace Ringwright.Server.Cli;

internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Run a node. Each flag has an environment twin: --api-rate is RINGWRIGHT_API_RATE.");
        var options = new ServeOptions(command);
        // For programs that start a node and must not leave it behind: it stops when its standard input ends.
        var endWithInput = new Option<bool>("--end-with-input") { Hidden = true };
        command.Options.Add(endWithInput);
        command.SetAction((parsed, _) => RunAsync(options.Read(parsed), parsed.GetValue(endWithInput)));
        return command;
    }

    private static async Task<int> RunAsync(ServeSettings settings, bool endsWithInput)
    {
        using var loggers = Logs.Create(settings);
        using var metrics = new MetricStore();
        using var asked = new CancellationTokenSource();
        Node? node = null;

        // The first signal stops gracefully, the second one at once.
        void OnSignal(PosixSignalContext signal)
        {
            signal.Cancel = true;
            if (asked.IsCancellationRequested) node?.Hurry();
            else asked.Cancel();
        }
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        // A terminal that is closed takes the node with it, in order, and says so more than once. Where there was none, somebody rotates
        // logs.
        bool hasTerminal = !Console.IsInputRedirected || !Console.IsOutputRedirected || !Console.IsErrorRedirected;
        void OnHangUp(PosixSignalContext signal)
        {
            signal.Cancel = true;
            if (hasTerminal) asked.Cancel();
            else loggers.CreateLogger("Ringwright.Server").NothingToReadAnew();
        }
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnHangUp);
        if (endsWithInput) _ = ChildProgram.ParentGoneAsync(asked.Token).ContinueWith(_ => asked.Cancel(), TaskScheduler.Default);

        try
        {
            node = await Node.StartAsync(settings, loggers, metrics, Console.Out, asked.Token);
            await using (node)
            {
                await using var inside = node.World is { } world ? await LabInside.StartAsync(node, world, loggers, asked.Token) : null;
                await using var lab = settings.HasLab && inside is null ? await LabRole.StartAsync(node, loggers, asked.Token) : null;
                node.Open();
                foreach (var (name, meant) in UnknownVariables.OfProcess())
                    loggers.CreateLogger("Ringwright.Server").VariableUnknown(name, UnknownVariables.AdviceOf(meant));
                if (lab?.PhoneWords is { } words) await Console.Out.WriteLineAsync(words);
                ReadyFile.Write(settings.ReadyFile, node.Status);
                await Task.Delay(Timeout.Infinite, asked.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                ReadyFile.Forget(settings.ReadyFile);
                // Before the lab goes: its people are the far end of the calls that end now.
                await node.DisposeAsync();
            }
        }
        catch (OperationCanceledException) when (asked.IsCancellationRequested) { /* asked to stop while it started: that is no failure */ }
        return 0;
    }
}
