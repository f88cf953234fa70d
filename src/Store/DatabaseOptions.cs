using Ringwright.Calls;
using Ringwright.Store.Areas;
using Ringwright.Store.Blobs;
using Ringwright.Store.Ledgers;
using Ringwright.Store.Resources;

namespace Ringwright.Store;

public enum Durability
{
    /// <summary>
    /// Survives the death of the process. SQLite: not always a power cut (<c>synchronous=NORMAL</c>). PostgreSQL:
    /// whatever the server is set up for, which by its own default is a power cut too.
    /// </summary>
    Process,
    /// <summary>Survives a power cut (SQLite: <c>synchronous=FULL</c>; PostgreSQL: <c>synchronous_commit=on</c>).</summary>
    Full,
}

/// <summary>Where the database is and how it behaves.</summary>
public sealed record DatabaseOptions
{
    /// <summary>Holds the lock, the key file and, by default, the database. Made when missing, for its owner only.</summary>
    public required string DataFolder { get; init; }

    /// <summary>
    /// <c>sqlite:PATH</c>, relative to <see cref="DataFolder"/>; or <c>postgres://USER:PASSWORD@HOST:PORT/NAME</c>;
    /// or <c>postgres:</c> and a connection string of Npgsql.
    /// </summary>
    public string Connection { get; init; } = "sqlite:ringwright.db";

    public Durability Durability { get; init; } = Durability.Process;

    /// <summary>Connections that read beside the one that writes.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>So long a database may not answer before it counts as silent (ADR 63).</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Until <see cref="Database.BeginService"/> no call waits for it: whoever opens it would rather wait than be told that it is silent.
    /// </summary>
    public bool IsPatient { get; init; }

    /// <summary>
    /// The dialects that keep documents of their own beside records; see <see cref="DialectFaces"/>.
    /// Whoever leaves one out and writes leaves its documents behind.
    /// </summary>
    public IReadOnlyList<DialectFaces> Dialects { get; init; } = [];

    /// <summary>What modules keep in tables of their own, beside what this project keeps. All nodes of a database have the same.</summary>
    public IReadOnlyList<StoreArea> Areas { get; init; } = [];

    /// <summary>
    /// What all migrations, of these areas too, make of an empty database of SQLite, as SQL whose first line is <c>Baseline.HeadOf</c>:
    /// taken in place of them, and only where it is of them. Asked for where there is nothing yet; none when null.
    /// </summary>
    public Func<string>? Baseline { get; init; }

    /// <summary>Where the files of customers are kept; null for the disk, in <see cref="DataFolder"/>.</summary>
    public IBlobs? Blobs { get; init; }

    /// <summary>The kinds of subjects that the ledger takes events of.</summary>
    internal SubjectWriters Subjects { get; init; } = SubjectWriters.Default;

    /// <summary>+E.164 of the echo test line (see <see cref="ApplicationKind.Echo"/>); none when null.</summary>
    public string? EchoNumber { get; init; }

    /// <summary>+E.164 numbers of the node's own and the script of each (see <see cref="ApplicationKind.Agent"/>).</summary>
    public IReadOnlyList<(string Number, string Script)> AgentLines { get; init; } = [];

    /// <summary>Accounts that an account may make below it, those that are switched off included. The operator may make more.</summary>
    public int AccountsBelow { get; init; } = 1_000;

    /// <summary>The node's number in ids and among those that share the database, 1 to 255.</summary>
    public int Node { get; init; } = 1;

    /// <summary>A node from which no other has heard for so long is dead (<see cref="NodeLease"/>).</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);
}
