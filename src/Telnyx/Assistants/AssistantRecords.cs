using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// How assistants are kept: one document each, with what its main version says, and one document for each version, the main one among them.
/// Every change of either writes the assistant's document too, so that its revision orders them all.
/// </summary>
internal static class AssistantRecords
{
    public const string Kind = "ai_assistant", VersionKind = "ai_assistant_version";
    public const string AssistantId = "assistant_id", VersionId = "version_id", VersionName = "version_name",
        VersionCreatedAt = "version_created_at", Canary = "canary", Tags = "tags";

    /// <summary>Of an assistant: which one of which other service it was.</summary>
    public const string Import = "import_metadata";

    /// <summary>Of an assistant: the TeXML application that a version of it has named last, whichever.</summary>
    public const string Application = "texml_application";

    /// <summary>Of an assistant: how many versions it has had; of a version: the how-manyth it is.</summary>
    public const string Number = "version_number";

    /// <summary>Of lists without pages so many of the newest are shown; of others so many are on a page at most.</summary>
    public const int MostListed = 1_000;

    private const string IdPrefix = "assistant-";

    public static readonly DocumentKind Versions = new(VersionKind) { Indexed = [AssistantId] };
    private static readonly DocumentKind Assistants = new(Kind);

    public static IResourceRows Rows(Database store) => store.Documents.Rows(Assistants);

    public static IResourceRows VersionRows(Database store) => store.Documents.Rows(Versions);

    public static string NewId() => IdPrefix + Guid.NewGuid();

    /// <summary>It may be one, whether there is an assistant or not.</summary>
    public static bool IsId(string text) =>
        text.StartsWith(IdPrefix, StringComparison.Ordinal) && Guid.TryParseExact(text.AsSpan(IdPrefix.Length), "D", out _);

    public static async ValueTask<bool> ExistsAsync(OperationContext op, string id, Database store) =>
        await Rows(store).FindAsync(op.Tenant, id, op.Stop) is not null;

    /// <summary>A version of this assistant; null when it has none of that id.</summary>
    public static ValueTask<ResourceRow?> FindVersionAsync(OperationContext op, string assistant, string version, Database store) =>
        FindVersionAsync(op.Tenant, assistant, version, store, op.Stop);

    /// <inheritdoc cref="FindVersionAsync(OperationContext, string, string, Database)"/>
    public static async ValueTask<ResourceRow?> FindVersionAsync(TenantId tenant, string assistant, string version, Database store,
        CancellationToken stop) =>
        await VersionRows(store).FindAsync(tenant, version, stop) is { } row && row.Body.Text(AssistantId) == assistant ? row : null;

    /// <summary>The next version of an assistant.</summary>
    /// <param name="fields">What it says.</param>
    public static ResourceRow NewVersion(OperationContext op, string assistant, JsonObject fields, int number, DateTimeOffset at)
    {
        string id = Guid.NewGuid().ToString();
        var body = AssistantBody.FieldsOf(fields);
        body[AssistantId] = assistant;
        body[VersionId] = id;
        body[Number] = number;
        if (fields.Text(VersionName) is { } name) body[VersionName] = name;
        return new() { Id = id, Tenant = op.Tenant, Body = body, CreatedAt = at, UpdatedAt = at };
    }

    /// <summary>The document of an assistant whose main version this is; without a canary.</summary>
    /// <param name="number">How many versions it has had.</param>
    /// <param name="before">Its document until now: its tags, where it comes from, and what other versions name, are no version's.</param>
    public static JsonObject MainOf(ResourceRow version, int number, JsonObject? before = null)
    {
        var body = AssistantBody.FieldsOf(version.Body);
        foreach (string kept in new[] { Tags, Import, Application })
            if (before?[kept] is { } value) body[kept] = value.DeepClone();
        AssistantApplications.Keep(body, version.Body);
        body[VersionId] = version.Id;
        body[VersionCreatedAt] = TelnyxTime.Millis(version.CreatedAt);
        body[Number] = number;
        if (version.Body.Text(VersionName) is { } name) body[VersionName] = name;
        return body;
    }

    public static JsonObject Show(ResourceRow assistant) => Show(assistant, assistant.Body);

    /// <summary>A version as an assistant, which is how the contract shows it.</summary>
    public static JsonObject ShowVersion(ResourceRow assistant, ResourceRow version)
    {
        var shown = Show(assistant, version.Body);
        shown[VersionCreatedAt] = TelnyxTime.Millis(version.CreatedAt);
        return shown;
    }

    /// <param name="made">What the version names that is new.</param>
    public static UnitOfWork Work(AuditNote note, ResourceRow version, IReadOnlyList<NewRecord> made) =>
        new() { Note = note, Documents = [new(Versions, version)], Records = made };

    private static JsonObject Show(ResourceRow assistant, JsonObject body)
    {
        var shown = AssistantBody.FieldsOf(body);
        shown["id"] = assistant.Id;
        shown["created_at"] = TelnyxTime.Millis(assistant.CreatedAt);
        foreach (string kept in new[] { Tags, Import })
            if (assistant.Body[kept] is { } value) shown[kept] = value.DeepClone();
        foreach (string field in new[] { VersionId, VersionName, VersionCreatedAt })
            if (body.Text(field) is { } text) shown[field] = text;
        return shown;
    }
}
