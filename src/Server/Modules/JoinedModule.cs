using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Ringwright.Calls;
using Ringwright.Campaigns.Carriers;
using Ringwright.Campaigns.Dialling;
using Ringwright.Delivery;
using Ringwright.Http;
using Ringwright.Operator;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Streams;

namespace Ringwright.Server.Modules;

/// <summary>
/// What a module brings to one node. The members are asked once, in this order, as the node starts. The end: it is told before calls are
/// let go, its jobs and APIs end with the node's, its sweeps in the reverse of the order in which they were started, and it is disposed
/// when the last event is in the ledger and before the last webhooks go out.
/// </summary>
internal class JoinedModule : IAsyncDisposable
{
    /// <summary>Of a module that brings nothing more.</summary>
    public static readonly JoinedModule None = new();

    /// <summary>What an operation that reads a call answers to its account; nothing when it does not show the call.</summary>
    /// <param name="path">Parameters of the path, by name.</param>
    protected static async ValueTask<IReadOnlyList<CallFace>> AskAsync(Pipeline? api, string operation, LegRow leg,
        CancellationToken stop, params (string Name, string Value)[] path) =>
        api is not null && await api.ReadAsync(leg.Tenant, operation, path.ToDictionary(p => p.Name, p => p.Value), stop) is { } shown
            ? [new(api.Dialect.Name, shown)] : [];

    /// <summary>What events of the ledger become: messages that are committed with the event.</summary>
    public virtual IReadOnlyList<IProjector> Projectors => [];

    /// <summary>Asked when delivery gives a message up: what is to be told of that, in the same transaction.</summary>
    public virtual IReadOnlyList<OutboxMessage> GivenUp(OutboxEntry entry, DeliveryAttempt last) => [];

    /// <summary>The same gate, for who wants to know whom it refuses.</summary>
    public virtual IDialGate Watch(IDialGate gate) => gate;

    /// <summary>Its customers' words in the frames of a media stream; null when the call is none of theirs.</summary>
    public virtual StreamIdentity? Identify(StreamOrder order) => null;

    /// <summary>A new program for calls of this application; null when there is none of that kind.</summary>
    public virtual ICallProgram? CreateProgram(Application application) => null;

    /// <summary>
    /// What holds for calls of its programs of this application; null when that is nothing beside what holds for any program, or when the
    /// program is none of its own. Asked on a thread of the engine as a leg is made: it looks something up, and waits for nothing.
    /// </summary>
    public virtual ApplicationTraits? TraitsOf(Application application) => null;

    /// <summary>A new program for a conversation on a leg that somebody else commands; null when it has none.</summary>
    public virtual ICallProgram? CreateGuest(CallEvent.AgentStarted started) => null;

    /// <summary>Reads documents that are only heard; null where it reads none.</summary>
    public virtual IDocumentSounds? Sounds => null;

    /// <summary>Who could take calls of its queues, for campaigns; null where it has none.</summary>
    public virtual IQueueAgents? QueueAgents => null;

    /// <summary>The face whose campaigns call again whoever has answered, where the call failed; null for none.</summary>
    public virtual string? RetriesAnswered => null;

    /// <summary>Carries out attempts of its campaigns that call nobody; null where it has none.</summary>
    public virtual ILoneAttempts? LoneAttempts => null;

    /// <summary>Whom its lists name that have neither a number nor a SIP URI; null where all have.</summary>
    public virtual ITargetAddresses? TargetAddresses => null;

    /// <summary>How the bind with a carrier of texts stands; null where it has none.</summary>
    public virtual Func<Guid, TextBindStatus?>? TextBinds => null;

    /// <summary>
    /// Carries live audio of some kinds of orders; null where it carries none. Whoever made it for the node disposes of the carrier, before
    /// the module.
    /// </summary>
    public virtual IAudioCarrier? CarryAudio(LiveAudioGround audio) => null;

    /// <summary>Who writes down what is said; null where it has nobody.</summary>
    public virtual Transcribers? Transcribers => null;

    /// <summary>
    /// Calls can be placed, commanded and heard of from now on, and the listeners are not open yet. What it begins here it ends in
    /// <see cref="StopAsync"/>.
    /// </summary>
    public virtual ValueTask StartAsync(NodeCalls calls, CancellationToken stop) => ValueTask.CompletedTask;

    /// <summary>What it does again and again; started in this order when calls can come, stopped in the reverse.</summary>
    public virtual IReadOnlyList<Sweep> Sweeps(Ledger ledger) => [];

    /// <summary>Its APIs on the node's public listeners.</summary>
    public virtual IReadOnlyList<ServedApi> Serve(ModuleServices services) => [];

    /// <summary>Its APIs on the operator's listener.</summary>
    public virtual IReadOnlyList<ServedApi> ServeOperator(OperatorServices services) => [];

    /// <summary>Its jobs beside those of its APIs; null without any.</summary>
    public virtual ModuleJobs? Jobs => null;

    /// <summary>Where recordings are that customers keep themselves; null where it keeps none elsewhere.</summary>
    public virtual IRecordingsElsewhere? RecordingsElsewhere => null;

    /// <summary>Its pages and files on the public listener, for who signs in by a key of an account.</summary>
    public virtual void MapPages(PagePlace pages) { }

    /// <summary>The same on the operator's listener, for who signs in by his key.</summary>
    public virtual void MapOperatorPages(PagePlace pages) { }

    /// <summary>The call as its APIs show it to the account whose call it is; asked when its APIs are served.</summary>
    public virtual ValueTask<IReadOnlyList<CallFace>> ShowCallAsync(LegRow leg, CancellationToken stop) => new([]);

    /// <summary>What providers of its accounts answer to a question that changes nothing; nothing where there are none.</summary>
    public virtual ValueTask<IReadOnlyList<JsonObject>> CheckProvidersAsync(CancellationToken stop) => new([]);

    /// <summary>Something of its own is being worked on, for a clock that jumps when nothing is.</summary>
    public virtual bool HasWork => false;

    /// <summary>
    /// The node stops: it dials no more. Its calls have their time to end after this, and are heard of until it is disposed of. Called for
    /// one that was never started, too.
    /// </summary>
    public virtual ValueTask StopAsync() => ValueTask.CompletedTask;

    /// <summary>It looks at nothing any more: what it still has to tell is told.</summary>
    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <param name="Live">On live calls.</param>
/// <param name="Files">In whole files.</param>
internal sealed record Transcribers(ITranscriber Live, IRecordingTranscriber Files);

/// <summary>An API of a dialect, ready to be mapped.</summary>
internal sealed record ServedApi(Pipeline Pipeline)
{
    /// <summary>Some of its operations are served on the storage listener.</summary>
    public bool HasStorage => Pipeline.Dialect.Contract.Operations.Any(operation => operation.Place is OperationPlace.Storage);

    /// <summary>What it serves beside its operations.</summary>
    public Action<IEndpointRouteBuilder> MapPages { get; init; } = static _ => { };

    /// <summary>Where people begin among these, for the node's first page, each with what it says.</summary>
    public IReadOnlyList<(string Path, string Says)> Pages { get; init; } = [];
}
