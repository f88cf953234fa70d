namespace Ringwright.Switch;

/// <summary>What one shard holds. After quiet, everything but zero is a leak.</summary>
public sealed record ShardSnapshot
{
    /// <summary>Legs whose LegEnded is still to come.</summary>
    public required int LiveLegs { get; init; }
    /// <summary>Legs in memory; those that have ended stay until their last transaction is over.</summary>
    public required int Actors { get; init; }
    /// <summary>Bridges of legs of this or any shard, formed or forming.</summary>
    public required int Bridges { get; init; }
    /// <summary>Actors of all other kinds.</summary>
    public required int Others { get; init; }
    /// <summary>Destinations that ring together, as long as one of them is not over.</summary>
    public required int Races { get; init; }
    public required int ArmedTimers { get; init; }
    /// <summary>Deadlines in the queues of actors and transactions, with a bounded number that no longer count.</summary>
    public required int QueuedTimers { get; init; }
    public required int OpenPorts { get; init; }
    /// <summary>Of the transaction layer.</summary>
    public required int Transactions { get; init; }
    /// <summary>Entries of the map from transactions to their legs.</summary>
    public required int OwnedTransactions { get; init; }
    /// <summary>Dialog tags that lead to a leg.</summary>
    public required int Tags { get; init; }
    /// <summary>Far ends of legs that an earlier start left alive, until nothing of theirs is waited for.</summary>
    public required int RecoveryByeSenders { get; init; }
    /// <summary>What phones are told of, and SIP users of the node who have calls; on the registrar's shard only.</summary>
    public required int Subscriptions { get; init; }
    public required int Lines { get; init; }
    /// <summary>Of the dial gate, without an answer.</summary>
    public required int OpenQuestions { get; init; }
    /// <summary>Legs by state.</summary>
    public required IReadOnlyList<(string State, int Legs)> States { get; init; }

    public bool IsEmpty =>
        LiveLegs == 0 && Actors == 0 && Bridges == 0 && Others == 0 && Races == 0 && Transactions == 0 && OwnedTransactions == 0
        && Tags == 0 && RecoveryByeSenders == 0 && OpenQuestions == 0
        && Subscriptions == 0 && Lines == 0;
}
