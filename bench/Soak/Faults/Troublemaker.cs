using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Bench.Nodes;
using Ringwright.Bench.Soak.Calls;

namespace Ringwright.Bench.Soak.Faults;

/// <summary>A fault that can be made.</summary>
/// <param name="Make">Makes it and ends when it is over.</param>
internal sealed record Fault(string Name, FaultEffect Effect, Func<CancellationToken, Task<string>> Make);

/// <summary>Makes one fault after another, in an order and at times that the seed fixes.</summary>
internal sealed class Troublemaker(NodeProcess node, WebhookSink sink, LabWatch lab, FaultLog log, OwnPostgres? database,
    RecordingsDisk? disk, Random luck, Action<string> say)
{
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(6), MostPause = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FirstMediaKill = TimeSpan.FromMinutes(1.5), MediaKillEvery = TimeSpan.FromMinutes(4);
    /// <summary>In between a media process lives long enough to tell whether it grows.</summary>
    private const double MediaPeaceFrom = 0.4, MediaPeaceTo = 0.85;
    private static readonly TimeSpan FirstNodeKill = TimeSpan.FromMinutes(5), NodeKillEvery = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan FirstDatabaseRestart = TimeSpan.FromMinutes(3), DatabaseRestartEvery = TimeSpan.FromMinutes(6);
    private const int LongestDatabaseRest = 8;

    private readonly ConcurrentQueue<string> _problems = new();

    public IReadOnlyCollection<string> Problems => _problems;

    private IPEndPoint Sip => new(IPAddress.Loopback, node.SipPort);
    private IPEndPoint Http => new(IPAddress.Loopback, node.Api.Port);

    private Fault[] Small =>
    [
        new("the customer's server answers 500", FaultEffect.None, stop => MoodAsync(SinkMood.Refuses, stop)),
        new("the customer's server hangs", FaultEffect.None, stop => MoodAsync(SinkMood.Hangs, stop)),
        new("the customer's server is gone", FaultEffect.None, GoneAsync),
        new("garbage by SIP", FaultEffect.None, GarbageAsync),
        new("slow clients of the API", FaultEffect.None,
            stop => SlowAsync(Http, "POST /v2/calls HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n", stop)),
        new("a key is revoked", FaultEffect.None, RevokeAsync),
        new("the node's process stands still", FaultEffect.Api | FaultEffect.Calls, StandStillAsync),
        .. disk is null ? (Fault[])[] : [new("the disk of recordings stands still", FaultEffect.None, FreezeAsync)],
        new("slow connections by SIP", FaultEffect.None,
            stop => SlowAsync(Sip, "INVITE sip:+15550100000@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP x", stop)),
    ];

    /// <summary>Until <paramref name="length"/> is over; faults that have begun are ended.</summary>
    public async Task RunAsync(TimeSpan length, CancellationToken stop)
    {
        long began = Environment.TickCount64;
        TimeSpan Elapsed() => TimeSpan.FromMilliseconds(Environment.TickCount64 - began);
        var (mediaAt, nodeAt, databaseAt) = (FirstMediaKill, FirstNodeKill, FirstDatabaseRestart);
        while (Elapsed() < length)
        {
            var pause = LeastPause + (MostPause - LeastPause) * luck.NextDouble();
            if (Elapsed() + pause > length) break;
            await Task.Delay(pause, stop);
            if (Elapsed() >= nodeAt)
            {
                nodeAt += NodeKillEvery;
                await MakeAsync(new("kill -9 of the node", FaultEffect.Api | FaultEffect.Calls, KillNodeAsync), stop);
            }
            else if (database is not null && Elapsed() >= databaseAt)
            {
                databaseAt += DatabaseRestartEvery;
                await MakeAsync(new("the database is restarted", FaultEffect.Api, cancel => RestartDatabaseAsync(database, cancel)), stop);
            }
            else if (Elapsed() >= mediaAt && (Elapsed() / length is < MediaPeaceFrom or > MediaPeaceTo) && MediaProcess() is { } media)
            {
                mediaAt += MediaKillEvery;
                await MakeAsync(new("kill -9 of the media process", FaultEffect.Api | FaultEffect.Calls,
                    cancel => KillMediaAsync(media, cancel)), stop);
            }
            else
            {
                var all = Small;
                await MakeAsync(all[luck.Next(all.Length)], stop);
            }
        }
    }

    private async Task MakeAsync(Fault fault, CancellationToken stop)
    {
        var note = log.Begin(fault.Name, fault.Effect);
        string remark = "";
        try
        {
            remark = await fault.Make(stop);
        }
        finally
        {
            FaultLog.End(note, remark);
        }
        say($"{fault.Name}: {(DateTimeOffset.UtcNow - note.Began).TotalSeconds:F1} s{(remark.Length > 0 ? ", " : "")}{remark}");
    }

    private async Task<string> MoodAsync(SinkMood mood, CancellationToken stop)
    {
        sink.Mood = mood;
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(luck.Next(2, 9)), stop);
        }
        finally
        {
            sink.Mood = SinkMood.Well;
        }
        return "";
    }

    private async Task<string> GoneAsync(CancellationToken stop)
    {
        await sink.LeaveAsync();
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(luck.Next(2, 9)), stop);
        }
        finally
        {
            await sink.StartAsync(CancellationToken.None);
        }
        return "";
    }

    private async Task<string> GarbageAsync(CancellationToken stop)
    {
        int count = luck.Next(100, 600);
        await Strangers.SendGarbageAsync(Sip, luck, count, stop);
        return $"{count} datagrams";
    }

    private async Task<string> SlowAsync(IPEndPoint where, string begun, CancellationToken stop)
    {
        int count = luck.Next(5, 40);
        await Strangers.StallAsync(where, begun, count, TimeSpan.FromSeconds(luck.Next(3, 10)), stop);
        return $"{count} connections";
    }

    /// <summary>Stopped as by a debugger or a paused machine, some times for longer than its clock watch lets pass.</summary>
    private async Task<string> StandStillAsync(CancellationToken stop)
    {
        int seconds = luck.Next(1, 10);
        await Signals.SendAsync("STOP", node.Tree.Root);
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds), stop);
        }
        finally
        {
            await Signals.SendAsync("CONT", node.Tree.Root);
        }
        return "";
    }

    private async Task<string> FreezeAsync(CancellationToken stop)
    {
        await disk!.StandStillAsync(TimeSpan.FromSeconds(luck.Next(1, 13)), stop);       // it is among the faults when it is there
        return "";
    }

    /// <summary>A key that is at work: from the moment at which it is revoked nothing may go through.</summary>
    private async Task<string> RevokeAsync(CancellationToken stop)
    {
        var key = JsonNode.Parse(await node.RunAsync(stop, "key", "add", "--label", "soak", "--json"))!;     // the command's own JSON
        using var api = new CustomerApi(node.Api, (string)key["telnyx_key"]!);
        var before = await api.TrySendAsync(HttpMethod.Get, "call_control_applications", null, stop);
        await node.RunAsync(stop, "key", "revoke", $"{key["id"]}");
        var after = await api.TrySendAsync(HttpMethod.Get, "call_control_applications", null, stop);
        if ((before.Status, after.Status) != (200, 401))
            _problems.Enqueue($"a key answered {before.Status} before and {after.Status} after it was revoked");
        return "";
    }

    private async Task<string> KillNodeAsync(CancellationToken stop)
    {
        await node.KillAsync(stop);
        long killed = Environment.TickCount64;
        await node.LaunchAsync(stop);
        lab.Forget();
        return $"ready again after {(Environment.TickCount64 - killed) / 1e3:F1} s";
    }

    private async Task<string> RestartDatabaseAsync(OwnPostgres server, CancellationToken stop)
    {
        bool isCrash = luck.Next(2) == 0;
        await server.RestartAsync(isCrash, TimeSpan.FromSeconds(luck.Next(1, LongestDatabaseRest)), stop);
        return isCrash ? "without order" : "in order";
    }

    private async Task<string> KillMediaAsync(int process, CancellationToken stop)
    {
        using (var media = System.Diagnostics.Process.GetProcessById(process)) media.Kill();
        long killed = Environment.TickCount64;
        while (MediaProcess() is not { } now || now == process)
        {
            if (Environment.TickCount64 - killed > 20_000) throw new BenchFailure("the media process was not started again");
            await Task.Delay(50, stop);
        }
        return $"there again after {(Environment.TickCount64 - killed) / 1e3:F1} s";
    }

    private int? MediaProcess() => node.Tree.Members().Select(m => m.Id).Cast<int?>()
        .FirstOrDefault(id => NodeRoles.Of(node, id!.Value) == NodeRoles.Media); // cast from an int
}
