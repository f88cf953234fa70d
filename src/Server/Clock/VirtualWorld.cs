using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.MediaHost;
using Ringwright.Net;
using Ringwright.Server.Nodes;
using Ringwright.Store;

namespace Ringwright.Server.Clock;

/// <summary>
/// What a node with virtual time and its lab share in one process: the clock, the network between them, and the meter that says whether
/// anything is open.
/// </summary>
internal sealed class VirtualWorld : IDisposable
{
    /// <summary>A Tuesday afternoon: in the calling windows of Europe and of America.</summary>
    public static readonly DateTimeOffset UsualStart = new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Between two looks for what others may have done: there is nobody else on this node's database, and a month of looks takes its time.
    /// </summary>
    public static readonly TimeSpan Rest = TimeSpan.FromHours(1);

    /// <summary>By the wall clock; a request that is open for longer waits for time itself, or for somebody to follow events.</summary>
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(3);

    private readonly IdleMeter _meter = new();
    private readonly OpenWork _requests = new(LongestRequest), _prompts = new(patience: null);

    public VirtualWorld(DateTimeOffset start)
    {
        Time = new(start);
        Clock = new(Time, _meter);
        _meter.Add("requests", () => _requests.EndedAtRest);
        _meter.Add("prompts", () => _prompts.EndedAtRest);
        _meter.Add("threads of the pool", IdleMeter.PoolAtRest);
    }

    public VirtualTime Time { get; }
    public VirtualClock Clock { get; }
    public DatagramExchange Datagrams { get; } = new();
    public PacketExchange Packets { get; } = new();
    public MediaStepping Stepping => new(Time, Packets);

    /// <summary>What keeps time from going on; null when nothing does.</summary>
    public string? Open => _meter.Open;

    /// <summary>What of a node must be done before time goes on, and what it goes on for by itself.</summary>
    public void Meter(Database database, Ledger ledger, EgressClient egress, SipEngine engine, INodeMedia media, EventDelivery delivery)
    {
        Add("the database", () => database.AnsweredAtRest);
        Add("the ledger", () => ledger.IsAtRest ? 0 : null);
        Add("requests to others", () => egress.EndedAtRest);
        Add("signalling", () => engine.TurnsAtRest);
        Add("media", () => media.IsAtRest ? 0 : null);
        Clock.AddWork(() => engine.LiveLegs > 0 || delivery.HasWork);
    }

    public void Add(string part, Func<long?> done) => _meter.Add(part, done);

    /// <summary>A request is open until its answer begins; one that moves the clock is none.</summary>
    public async Task CountAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Path.Equals(Operator.OperatorDialect.Root + "/clock", StringComparison.OrdinalIgnoreCase))
        {
            await next(http);
            return;
        }
        Clock.Stir();
        long number = _requests.Begin();
        http.Response.OnStarting(() =>
        {
            _requests.End(number);
            return Task.CompletedTask;
        });
        try
        {
            await next(http);
        }
        finally
        {
            _requests.End(number);
        }
    }

    /// <summary>Time stands while a sound is being made: that takes the wall's.</summary>
    public IPrompts Count(IPrompts prompts) => new CountedPrompts(prompts, _prompts);

    public void Dispose() => Clock.Dispose();

    private sealed class CountedPrompts(IPrompts prompts, OpenWork open) : IPrompts
    {
        public async ValueTask<PromptResult> PrepareAsync(TenantId tenant, PromptSource source, string codec, CancellationToken stop)
        {
            long number = open.Begin();
            try
            {
                return await prompts.PrepareAsync(tenant, source, codec, stop);
            }
            finally
            {
                open.End(number);
            }
        }
    }
}
