using System.ComponentModel;
using System.Text.Json;
using Ringwright.Bench.Application;
using Ringwright.Bench.Baseline;

namespace Ringwright.Bench.Driving;

/// <summary>
/// The load driver's process: orders come as lines of JSON on standard input, words go out on standard output. It ends with its input.
/// </summary>
internal static class Driver
{
    public static async Task<int> RunAsync(CancellationToken stop)
    {
        using var phones = new Phones();
        await using var application = await CustomerApplication.StartAsync(stop);
        Say(new(DriverMoment.Ready) { Place = new(phones.Callers.Local.ToString(), phones.Callees.Local.ToString(), application.Address) });
        while (await Console.In.ReadLineAsync(stop) is { } line)
        {
            try
            {
                // our own process writes it
                await FollowAsync(JsonSerializer.Deserialize(line, DriverJson.Default.DriverOrder)!, phones, application);
            }
            catch (Exception e) when (e is InvalidOperationException or Win32Exception or FormatException or BenchFailure or IOException)
            {
                Say(new(DriverMoment.Failed) { Problem = e.Message });
            }
        }
        return 0;
    }

    private static async Task FollowAsync(DriverOrder order, Phones phones, CustomerApplication application)
    {
        CallReport? report = null;
        if (order.Calls is { } plan)
        {
            application.Begin(plan);
            application.Ask();
            var run = new CallRun(phones, plan, application, moment => Say(new(moment)));
            await Task.Factory.StartNew(() => report = run.Run(), CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
            await application.QuietAsync();
        }
        else if (order.Feed is { } feed)
        {
            await Task.Factory.StartNew(() => Feed.Run(feed), CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }
        Say(new(DriverMoment.Ended) { Report = report });
    }

    private static void Say(DriverWord word)
    {
        lock (Console.Out) Console.Out.WriteLine(JsonSerializer.Serialize(word, DriverJson.Default.DriverWord));
    }
}
