using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Programs;
using Ringwright.Server.Modules;
using Ringwright.Store;

namespace Ringwright.Edge.Server;

/// <summary>
/// A small dialler with a page, as somebody would write it who adds one: whom the page names is called, one after the other; the feed says
/// how each call ended, and a job writes that down. Nothing in src knows of it.
/// </summary>
internal sealed class ActingModule : Module
{
    public override string Name => "acting";

    /// <summary>Null until a node has it.</summary>
    public Acting? Joined { get; private set; }

    public override ValueTask<JoinedModule> JoinAsync(ModuleGround ground, CancellationToken stop) => new(Joined = new(ground));

    internal sealed class Acting(ModuleGround ground) : JoinedModule
    {
        private const string Kind = "acting_outcome", Mark = "acting";

        private readonly ConcurrentQueue<string> _wanted = new();
        private NodeCalls? _calls;
        private FeedReader? _events;
        private Task _listening = Task.CompletedTask;
        private TenantId _account;
        private volatile string? _live;

        /// <summary>What became of each call, in the words of its job.</summary>
        public ConcurrentQueue<string> Outcomes { get; } = new();

        /// <summary>What the node has asked of it, in order.</summary>
        public ConcurrentQueue<string> Life { get; } = new();

        public override async ValueTask StartAsync(NodeCalls calls, CancellationToken stop)
        {
            Life.Enqueue("started");
            _account = (await ground.Database.Tenants.ListAsync(stop))[0].Id;
            _calls = calls;
            _events = calls.Feed.Subscribe(_account, bound: 1_000);
            _listening = ListenAsync(_events);
        }

        public override IReadOnlyList<Sweep> Sweeps(Ledger ledger) =>
            [new("the acting dialler", TimeSpan.FromMilliseconds(50), DialAsync)];

        public override ModuleJobs Jobs => new([new(Kind, job =>
        {
            Outcomes.Enqueue($"{job.Input["to"]} {job.Input["status"]}");
            return new(new JsonObject { ["is_written"] = true });
        })]);

        public override void MapPages(PagePlace pages)
        {
            pages.MapPage("", visit => visit.ShowAsync($"""
                <!doctype html><html lang="en"><title>Calls</title><link rel="stylesheet" href="{pages.Root}/acting.css">
                <h1>Calls of {visit.Caller.Tenant}</h1><p>{WebUtility.HtmlEncode(string.Join(", ", Outcomes))}</p>
                <form method="post" action="{pages.Root}/calls"><input name="to"><input type="hidden" name="token" value="{visit.Token}">
                <button>Call</button></form></html>
                """));
            pages.MapChange("/calls", visit =>
            {
                _wanted.Enqueue(visit.Http.Request.Form["to"].ToString());
                visit.SendOn(pages.Root);
                return Task.CompletedTask;
            });
            pages.MapAsset("/acting.css", "text/css; charset=utf-8", "h1 { color: green }"u8.ToArray());
        }

        public override void MapOperatorPages(PagePlace pages) =>
            pages.MapPage("", visit => visit.ShowAsync($"{Outcomes.Count} calls, seen by {visit.Caller.Role}"));

        public override ValueTask StopAsync()
        {
            Life.Enqueue("told to stop");
            return default;
        }

        public override async ValueTask DisposeAsync()
        {
            Life.Enqueue("disposed of");
            _events?.Dispose();
            await _listening;
        }

        /// <summary>One call at a time.</summary>
        private async Task DialAsync(CancellationToken stop)
        {
            if (_live is not null || !_wanted.TryDequeue(out string? to)) return;
            _live = to;
            var dialled = await _calls!.Control.DialAsync(new()        // sweeps begin behind StartAsync
            {
                Tenant = _account, Connection = default, IsByOperator = true, From = "anonymous", BroughtCaller = "anonymous", To = to,
                Labels = Labels.Of((Mark, "1")),
            }, stop);
            if (dialled.Ack.IsAccepted) return;
            Outcomes.Enqueue($"{to} refused: {dialled.Detail}");
            _live = null;
        }

        private async Task ListenAsync(FeedReader events)
        {
            while (await events.ReadAsync(CancellationToken.None) is { } happened)
            {
                if (happened is not CallEvent.LegEnded ended || ended.Leg.Labels[Mark] is null) continue;
                await ground.Database.Jobs.AddAsync(_account, Kind, new() { ["to"] = _live, ["status"] = ended.SipStatus }, 1_000, null,
                    CancellationToken.None);
                _live = null;
            }
        }
    }
}
