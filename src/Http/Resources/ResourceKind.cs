using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Http;

/// <summary>
/// A plain resource: what the engine must know beyond the contract's schemas. Defaults come from the schema; say only what deviates.
/// </summary>
/// <param name="RecordType">The record_type of the resource, and its name in the store.</param>
public sealed record ResourceKind(string RecordType)
{
    /// <summary>Of the body of a row that was deleted and is kept: when.</summary>
    public const string DeletedField = "deleted_at";

    public IdStyle Ids { get; init; } = IdStyle.Uuid;
    /// <summary>The field, one of <see cref="Unique"/>, whose value names a resource in paths; null for its id.</summary>
    public string? NamedBy { get; init; }
    /// <summary>Fields whose value no second resource of the tenant may have. In a table of its own its constraints say so.</summary>
    public IReadOnlyList<string> Unique { get; init; } = [];
    /// <summary>
    /// What is said when the first of them is another tenant's, in a table that knows of such; with <see cref="TakenCode"/>, of each second
    /// one.
    /// </summary>
    public string TakenDetail { get; init; } = "";
    /// <summary>Code of the error where a second one is not taken; null for the dialect's own.</summary>
    public string? TakenCode { get; init; }
    /// <summary>
    /// Asked where a new one is not taken because there is one already: that one, which is answered as if it had been made. Null refuses.
    /// </summary>
    public Func<OperationContext, ResourceRow, ValueTask<ResourceRow?>>? Instead { get; init; }
    /// <summary>
    /// Top-level fields that are stored sealed, that no reply shows and no list can be filtered by.
    /// Only kinds without a table of their own have them.
    /// </summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];
    /// <summary>
    /// Fields whose filters and sorts are served by an index, where an account may have very many of the kind; see
    /// <see cref="DocumentKind.Indexed"/>. Only kinds without a table of their own have them.
    /// </summary>
    public IReadOnlyList<string> Indexed { get; init; } = [];
    /// <summary>Fields to filter by beside those of the contract.</summary>
    public IReadOnlyList<string> Filterable { get; init; } = [];
    /// <summary>
    /// Filters that choose no row, and are true or false: a true one has what a list shows say more. It gets what a page shows, and adds
    /// to it.
    /// </summary>
    public IReadOnlyDictionary<string, Func<OperationContext, IReadOnlyList<JsonObject>, ValueTask>> Inclusions { get; init; } =
        new Dictionary<string, Func<OperationContext, IReadOnlyList<JsonObject>, ValueTask>>();
    /// <summary>Fields to sort by beside those of the contract.</summary>
    public IReadOnlyList<string> Sortable { get; init; } = [];
    /// <summary>Where a filter or sort of the contract has another name than the field: "connection_name" → "application_name".</summary>
    public IReadOnlyDictionary<string, string> Paths { get; init; } = new Dictionary<string, string>();
    /// <summary>Fields of a request that are accepted and not stored, beside those that the schema marks.</summary>
    public IReadOnlyList<string> ReadOnly { get; init; } = [];
    /// <summary>Objects that PATCH merges member by member; others it replaces.</summary>
    public IReadOnlyList<string> Merged { get; init; } = [];
    /// <summary>PUT leaves what it does not say as it is, as PATCH does, where the API means it so.</summary>
    public bool KeepsUnsaid { get; init; }
    /// <summary>Laid over the schema's defaults; a null takes a default away.</summary>
    public JsonObject Defaults { get; init; } = [];
    public DeleteStyle Deletes { get; init; }
    /// <summary>Field of the state; "status" unless said otherwise.</summary>
    public string StateField { get; init; } = "status";
    /// <summary>The state table; empty for a kind whose state, if it has one, is a field like others.</summary>
    public IReadOnlyList<Transition> Transitions { get; init; } = [];
    /// <summary>
    /// Field that names the timed move that is next, where a policy has a say beside a deadline; a resource without it has the usual one.
    /// </summary>
    public string? NextMove { get; init; }
    /// <summary>
    /// States in which a resource waits for the operator, whose desk lists it. Only kinds without a table of their
    /// own have such states, and moves by a timer.
    /// </summary>
    public IReadOnlyList<string> Awaits { get; init; } = [];
    /// <summary>The resource that this one is below; null for one that stands by itself.</summary>
    public ParentKind? Under { get; init; }
    /// <summary>Plain parameters of the list that filter it: "date_start" → (created_at, gte).</summary>
    public IReadOnlyDictionary<string, (string Path, string Operator)> Queries { get; init; } = new Dictionary<string, (string, string)>();
    /// <summary>Where a request sorts by nothing: the newest first, and not the oldest.</summary>
    public bool IsNewestFirst { get; init; }
    /// <summary>A page that is asked to be too large is as large as may be, and no error.</summary>
    public bool ClampsPages { get; init; }

    /// <summary>
    /// Checks, and may change, the body before it is written. <c>before</c> is the stored row on update and null
    /// on create. Return null when all is well.
    /// </summary>
    public Func<OperationContext, JsonObject, ResourceRow?, ValueTask<Problem?>>? Validate { get; init; }
    /// <summary>Asked before a delete.</summary>
    public Func<OperationContext, ResourceRow, ValueTask<Problem?>>? BeforeDelete { get; init; }
    /// <summary>Adds or changes what the reply shows; it gets the finished object.</summary>
    public Action<OperationContext, ResourceRow, JsonObject>? Show { get; init; }
    /// <summary>
    /// What is committed together with a write: who is told, what is to be done, what it costs. It only says so: it is asked again when
    /// the write meets another one. The trail's note is the engine's. Not only requests change resources, so it sees none.
    /// </summary>
    public Func<ResourceChange, ValueTask<UnitOfWork>>? Work { get; init; }
    /// <summary>
    /// Hears of each write after its commit: what depends on the resource is brought up to date here.
    /// The reply waits for it; what it throws is logged.
    /// </summary>
    public Func<ResourceChange, CancellationToken, ValueTask>? Changed { get; init; }
    /// <summary>When a row that is kept was deleted; null when it was not.</summary>
    public static DateTimeOffset? DeletedAt(ResourceRow row) =>
        (string?)row.Body[DeletedField] is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : null;

    internal bool IsGone(ResourceRow row) => Deletes is DeleteStyle.Keep && row.Body.ContainsKey(DeletedField);

    /// <summary>The id of a new resource in place of <see cref="Ids"/>.</summary>
    public Func<OperationContext, JsonObject, string>? MintId { get; init; }
}

public enum IdStyle
{
    /// <summary>A random UUID.</summary>
    Uuid,
    /// <summary>19 decimal digits.</summary>
    Snowflake19,
}

/// <summary>What a delete leaves behind.</summary>
public enum DeleteStyle
{
    /// <summary>Nothing.</summary>
    Remove,
    /// <summary>The row, with "deleted" in the state field; lists leave it out.</summary>
    Mark,
    /// <summary>The row, with the time of its deletion; nothing finds it any more. Only for kinds without a table of their own.</summary>
    Stamp,
    /// <summary>
    /// The row, which is found and listed as before and says when it was deleted, and which nobody changes any more. What was unique about
    /// it is free again. Only for kinds without a table of their own.
    /// </summary>
    Keep,
}

/// <summary>A resource before and after a write; null before the first, and after the last where no row is kept.</summary>
/// <param name="Name">"created", "updated", "deleted", or the name of the transition.</param>
public sealed record ResourceChange(string Name, ResourceRow? Before, ResourceRow? After)
{
    public required DateTimeOffset At { get; init; }
    public Mover By { get; init; } = Mover.Api;
    /// <summary>As it is afterwards, or was before it was deleted.</summary>
    public ResourceRow Row => After ?? Before!; // one of them is there
}

/// <summary>What a kind is below of. Its resources go with the one above; whoever has that one has them.</summary>
/// <param name="Field">Of the body, which holds the id of the one above.</param>
/// <param name="Parameter">Of the path, which names it.</param>
public sealed record ParentKind(ResourceKind Kind, string Field, string Parameter = "id")
{
    /// <summary>Code of the error when it is not there; null for that of the operation.</summary>
    public string? Missing { get; init; }
}
