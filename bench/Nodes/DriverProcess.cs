using System.Diagnostics;
using System.Text.Json;
using Ringwright.Bench.Driving;

namespace Ringwright.Bench.Nodes;

/// <summary>The load driver as a process of its own, as its master sees it.</summary>
internal sealed class DriverProcess : IAsyncDisposable
{
    private readonly Process _process;

    private DriverProcess(Process process) => _process = process;

    public DriverPlace Place { get; private set; } = new("", "", new Uri("http://127.0.0.1"));

    public int Id => _process.Id;

    public static async Task<DriverProcess> StartAsync(CancellationToken stop)
    {
        var driver = new DriverProcess(Start(DriverCommandName));
        if ((await driver.HearAsync(stop)).Place is not { } place) throw new BenchFailure("the driver did not say where it is");
        driver.Place = place;
        return driver;
    }

    public const string DriverCommandName = "driver", BaselineCommandName = "baseline", BareStreamsCommandName = "bare-streams";

    /// <summary>This program again, with another command.</summary>
    public static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", [typeof(DriverProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true
        }) ?? throw new BenchFailure("dotnet did not start");

    /// <summary>Makes the calls.</summary>
    /// <param name="at">Hears of each moment of the run when it is there.</param>
    public async Task<CallReport> RunAsync(CallPlan plan, Func<DriverMoment, Task> at, CancellationToken stop)
    {
        await OrderAsync(new(plan, null), stop);
        while (true)
        {
            var word = await HearAsync(stop);
            if (word.Moment is DriverMoment.Ended) return word.Report!;    // a run of calls ends with one
            await at(word.Moment);
        }
    }

    /// <summary>Sends packets to the baseline.</summary>
    public async Task FeedAsync(FeedPlan plan, CancellationToken stop)
    {
        await OrderAsync(new(null, plan), stop);
        while ((await HearAsync(stop)).Moment is not DriverMoment.Ended)
        {
        }
    }

    private async Task OrderAsync(DriverOrder order, CancellationToken stop)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order, DriverJson.Default.DriverOrder).AsMemory(), stop);
        await _process.StandardInput.FlushAsync(stop);
    }

    private async Task<DriverWord> HearAsync(CancellationToken stop)
    {
        string line = await _process.StandardOutput.ReadLineAsync(stop)
            ?? throw new BenchFailure("the load driver ended in the middle of its work");
        var word = JsonSerializer.Deserialize(line, DriverJson.Default.DriverWord)!;       // our own process writes it
        return word.Moment is DriverMoment.Failed ? throw new BenchFailure($"the load driver: {word.Problem}") : word;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }
        _process.Dispose();
    }
}
