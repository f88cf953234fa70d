using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Store.Audit;

/// <summary>Who made a change, as the account sees it.</summary>
public enum AuditActor
{
    /// <summary>A credential of the account with the role of an owner.</summary>
    Owner,
    /// <summary>Another credential of the account.</summary>
    Member,
    /// <summary>An owner of the account above this one.</summary>
    Manager,
    /// <summary>The operator of the node.</summary>
    Operator,
    /// <summary>The node itself, by a clock or a job.</summary>
    Node,
}

/// <summary>One change of an account's data, to be written in the same transaction as the change.</summary>
public sealed record AuditNote
{
    public required TenantId Tenant { get; init; }
    public required DateTimeOffset At { get; init; }
    public required AuditActor By { get; init; }
    /// <summary>Names the credential; null for the node.</summary>
    public string? KeyId { get; init; }
    /// <summary>"created", "updated", "deleted", or the name of another change.</summary>
    public required string Change { get; init; }
    public required string RecordType { get; init; }
    public required string ResourceId { get; init; }
    /// <summary>The fields before; null when there was nothing.</summary>
    public JsonObject? Before { get; init; }
    /// <summary>The fields afterwards; null when nothing is left.</summary>
    public JsonObject? After { get; init; }
    /// <summary>Fields of which is only said whether they are there; dots lead into objects.</summary>
    public IReadOnlyList<string> Masked { get; init; } = [];
}

/// <summary>A change as it was written.</summary>
public sealed record AuditEvent
{
    public required Guid Id { get; init; }
    public required DateTimeOffset At { get; init; }
    public required AuditActor By { get; init; }
    public string? KeyId { get; init; }
    public required string Change { get; init; }
    public required string RecordType { get; init; }
    public required string ResourceId { get; init; }
    /// <summary>Objects of field, from and to; null stands for nothing.</summary>
    public required JsonArray Changes { get; init; }
}

public sealed record AuditPage(IReadOnlyList<AuditEvent> Events, long Total);
