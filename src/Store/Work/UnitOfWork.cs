using System.Data;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Work;

/// <summary>
/// What is committed together with the change of a resource, or not at all: who is told of it, what is to be done for it,
/// what it costs, and the line in the account's trail.
/// </summary>
public sealed record UnitOfWork
{
    /// <summary>Null for a change that belongs into nobody's trail.</summary>
    public AuditNote? Note { get; init; }
    /// <summary>In the order in which they are to be told.</summary>
    public IReadOnlyList<OutboxMessage> Messages { get; init; } = [];
    public IReadOnlyList<NewJob> Jobs { get; init; } = [];
    /// <summary>Jobs of the same account that nobody is to do any more: they go, and whoever does one of them hears of it.</summary>
    public IReadOnlyList<Guid> Undone { get; init; } = [];
    /// <summary>Charges are negative.</summary>
    public IReadOnlyList<MoneyEntry> Money { get; init; } = [];
    /// <summary>The state that the resource has come into; null when it stays where it was, or has no states.</summary>
    public StateEntry? Entry { get; init; }
    /// <summary>The same of <see cref="Documents"/>.</summary>
    public IReadOnlyList<StateEntry> Entries { get; init; } = [];
    /// <summary>Documents of the same account that change with it, of kinds without secrets and unique values.</summary>
    public IReadOnlyList<DocumentWrite> Documents { get; init; } = [];
    /// <summary>Records of nobody's dialect, of the same account, that are made with it.</summary>
    public IReadOnlyList<NewRecord> Records { get; init; } = [];
    /// <summary>What goes with a resource that is deleted.</summary>
    public IReadOnlyList<ChildRows> Below { get; init; } = [];
    /// <summary>What was asked for beside the change and is not done; null for nothing.</summary>
    public ChangeWarning? Warning { get; init; }

    /// <summary>Most changes tell the trail, and nobody else.</summary>
    public static implicit operator UnitOfWork?(AuditNote? note) => note is null ? null : new() { Note = note };
}

/// <summary>A number, connection, profile or SIP user that is made in the unit of work of something else: by its table's records.</summary>
public sealed class NewRecord
{
    internal NewRecord(Action<IDbConnection> write, AuditNote? note) => (Write, Note) = (write, note);

    internal Action<IDbConnection> Write { get; }

    /// <summary>What the account's trail tells of it, beside that of the other.</summary>
    internal AuditNote? Note { get; }
}

/// <summary>One of the account's warnings, of no call.</summary>
/// <param name="Cause">A sentence for whoever is to mend it.</param>
public sealed record ChangeWarning(string Cause, DateTimeOffset At);

/// <summary>The resources of one kind that are below another one, and say so in a field.</summary>
public sealed record ChildRows(string Kind, string Field, string Parent)
{
    /// <summary>
    /// An index has the field (<see cref="DocumentKind.Indexed"/>), and nothing of the kind is kept when it is deleted: there may be very
    /// many, and those of others are not looked at.
    /// </summary>
    public bool IsIndexed { get; init; }
    /// <summary>Each has a job of its id, which goes with it.</summary>
    public bool HasJobs { get; init; }
}

/// <summary>A document as it is afterwards, whether it was there before or not.</summary>
public sealed record DocumentWrite(DocumentKind Kind, ResourceRow Row);

/// <summary>A job to be done for the tenant whose resource is changed, by the kind of that name.</summary>
public sealed record NewJob(string Kind, JsonObject Input)
{
    /// <summary>Nobody takes it before; null for at once.</summary>
    public DateTimeOffset? DueAt { get; init; }
    /// <summary>By which it is taken back; null for one that nobody takes back.</summary>
    public Guid? Id { get; init; }
    /// <summary>For whom it is done where that is another one than the tenant whose unit of work it is in.</summary>
    public TenantId? Tenant { get; init; }
}
