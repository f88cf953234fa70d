using System.Collections.Concurrent;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>What a caller does that may count for a program which talks with him.</summary>
[Flags]
public enum RelayInput { None = 0, Keys = 1, Speech = 2, Any = Keys | Speech }

/// <summary>How easily a program that talks is interrupted by a voice alone.</summary>
public enum RelaySensitivity { High, Medium, Low }

/// <summary>
/// A talk on a leg that a customer's own program thinks for, over a WebSocket which the node opens to it: the node listens and speaks.
/// </summary>
/// <param name="Url">ws or wss, checked again when it is connected to.</param>
public sealed record RelayTerms(string Url)
{
    /// <summary>Of the handshake.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
    /// <summary>Names and values of the first message: what the call is, in its customer's words.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Setup { get; init; } = [];
    /// <summary>
    /// The same of a leg that is not there yet when the talk is ordered, asked when it begins: in the place of what is said above.
    /// </summary>
    public Func<LegFacts, IReadOnlyList<KeyValuePair<string, string>>>? SetupOf { get; init; }
    /// <summary>The customer's own, in that message.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];
    /// <summary>Said before anything else; empty for nothing.</summary>
    public string Greeting { get; init; } = "";
    /// <summary>BCP 47, of what is said.</summary>
    public string Language { get; init; } = "en-US";
    /// <summary>The same of what is listened to; null for no other.</summary>
    public string? ListensIn { get; init; }
    /// <summary>In the words of the node's voices; empty takes the usual one.</summary>
    public string Voice { get; init; } = "";
    /// <summary>By its name; null takes the node's usual one.</summary>
    public string? Recogniser { get; init; }
    /// <summary>In the recogniser's own names; null leaves that to the node.</summary>
    public string? RecogniserModel { get; init; }
    /// <summary>Words that are likely.</summary>
    public IReadOnlyList<string> Hints { get; init; } = [];
    /// <summary>What is otherwise in single languages.</summary>
    public IReadOnlyList<RelayLanguage> Languages { get; init; } = [];
    /// <summary>What interrupts what is said; and the greeting.</summary>
    public RelayInput Interrupts { get; init; } = RelayInput.Any;
    /// <inheritdoc cref="Interrupts"/>
    public RelayInput InterruptsGreeting { get; init; } = RelayInput.Any;
    /// <summary>How soon a voice interrupts that has no words yet.</summary>
    public RelaySensitivity Sensitivity { get; init; }
    /// <summary>What is told of that which comes over what it does not interrupt.</summary>
    public RelayInput Reports { get; init; }
    /// <summary>Keys are told; else they only interrupt.</summary>
    public bool TellsKeys { get; init; }
    /// <summary>What is said makes room for what the program says next, unless it says otherwise.</summary>
    public bool IsPreemptible { get; init; }
    /// <summary>Words that may still change are told.</summary>
    public bool TellsPartials { get; init; }
    /// <summary>That somebody begins and ends to speak is told.</summary>
    public bool TellsSpeaking { get; init; }
    /// <summary>What was heard is told, piece by piece.</summary>
    public bool TellsHeard { get; init; }
    /// <summary>Silence that ends a turn, whatever was said; null goes by the words.</summary>
    public TimeSpan? Silence { get; init; }
    /// <summary>Why the talk has ended, as its leg hears it, where the socket was lost.</summary>
    public string LostReason { get; init; } = AgentEnd.ProviderFailure;
}

/// <param name="Code">BCP 47.</param>
public sealed record RelayLanguage(string Code)
{
    /// <summary>Null is as for any language, as in what follows.</summary>
    public string? Voice { get; init; }
    public string? Recogniser { get; init; }
    public string? RecogniserModel { get; init; }
}

public enum RelayFault
{
    /// <summary>The program has ended it.</summary>
    None,
    /// <summary>No socket could be opened.</summary>
    NotReached,
    /// <summary>The socket was lost, or was given up for what came by it.</summary>
    Lost,
    /// <summary>The program did not answer, turn after turn; or nobody could speak or listen.</summary>
    Failed,
}

/// <summary>How a talk has ended, where neither the call's end nor somebody else has ended it.</summary>
/// <param name="Handoff">What the program leaves for whoever has the call next; null for nothing.</param>
/// <param name="Why">Of a fault, as part of a sentence; empty for none.</param>
public sealed record RelayOutcome(RelayFault Fault, string? Handoff, string Why);

/// <summary>A talk that was ordered. It lives in memory, as does who ordered it.</summary>
public sealed class RelayOrder(RelayTerms terms)
{
    private volatile RelayOutcome? _outcome;

    public RelayTerms Terms => terms;

    /// <summary>Nobody takes it later; null where whoever placed it looks after it.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Null as long as it goes on. The first one counts.</summary>
    public RelayOutcome? Outcome
    {
        get => _outcome;
        set => _outcome ??= value;
    }
}

/// <summary>
/// Talks of this node by their conversation: placed by whoever commands a leg before an agent is started there, found by whoever talks.
/// </summary>
public sealed class RelayOrders
{
    /// <summary>From the command that orders it; whoever talks begins at once.</summary>
    private static readonly TimeSpan ForTaking = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Of commands, which wait at one time: more than a node has calls that are being answered. Those of one account leave room for others,
    /// for a dial that nobody answers leaves its order until it could have rung.
    /// </summary>
    public const int Most = 5_000, MostOfAccount = 1_000;

    private readonly ConcurrentDictionary<Guid, Placed> _all = new();

    public int Count => _all.Count;

    /// <param name="conversation">Minted by whoever orders it, and told to nobody else.</param>
    public RelayOrder Place(Guid conversation, RelayTerms terms)
    {
        var order = new RelayOrder(terms);
        _all[conversation] = new(order, Account: default, Commands: 0);
        return order;
    }

    /// <summary>
    /// The same by a command, which waits for nothing: it is gone when whoever talks has taken it. A command that is repeated before that
    /// is of the same talk, by the first one's terms; behind that it leaves one that nobody takes.
    /// </summary>
    /// <param name="account">Whose command it is.</param>
    /// <param name="rings">How long the leg may ring before somebody can talk.</param>
    /// <returns>False where as many wait as may: nothing is ordered.</returns>
    public bool TryOrder(Guid conversation, TenantId account, RelayTerms terms, DateTimeOffset now, TimeSpan rings = default)
    {
        var (waiting, own) = (0, 0);
        foreach (var (old, placed) in _all)
        {
            if (placed.Order.Until <= now) _all.TryRemove(old, out _);
            else if (placed.IsCommanded) (waiting, own) = (waiting + 1, placed.Account == account ? own + 1 : own);
        }
        if ((waiting >= Most || own >= MostOfAccount) && !(_all.TryGetValue(conversation, out var same) && same.IsCommanded)) return false;
        var made = new Placed(new(terms) { Until = now + rings + ForTaking }, account, Commands: 1);
        _all.AddOrUpdate(conversation, made, (_, was) => was.IsCommanded ? was with { Commands = was.Commands + 1 } : made);
        return true;
    }

    /// <summary>A command was refused: nobody talks for it. One of the same talk may be going on.</summary>
    public void Withdraw(Guid conversation)
    {
        while (_all.TryGetValue(conversation, out var placed) && placed.IsCommanded)
            if (placed.Commands > 1 ? _all.TryUpdate(conversation, placed with { Commands = placed.Commands - 1 }, placed)
                : _all.TryRemove(KeyValuePair.Create(conversation, placed))) return;
    }

    /// <summary>For whoever talks.</summary>
    public RelayOrder? Take(Guid conversation)
    {
        var order = Find(conversation);
        if (order?.Until is not null) Forget(conversation);
        return order;
    }

    public RelayOrder? Find(Guid conversation) => _all.TryGetValue(conversation, out var placed) ? placed.Order : null;

    public void Forget(Guid conversation) => _all.TryRemove(conversation, out _);

    /// <param name="Commands">That wait for its being taken: one that is repeated is of the same talk.</param>
    private readonly record struct Placed(RelayOrder Order, TenantId Account, int Commands)
    {
        public bool IsCommanded => Order.Until is not null;
    }
}
