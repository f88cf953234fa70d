using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Assistants;

/// <summary>What is to be found out of a conversation when it is over: instructions, and the form of the answer.</summary>
internal static class InsightTemplates
{
    public const string RecordType = "ai_insight";

    private const int LongestName = 255;

    public static ResourceKind Kind(AssistantParts parts) => new(RecordType)
    {
        IsNewestFirst = true,
        KeepsUnsaid = true,
        Validate = async (op, body, before) =>
            before is not null && ManagedInsights.Refuse(before, "changed") is { } refusal ? refusal : await CheckAsync(op, body, parts),
        BeforeDelete = (_, row) => new(ManagedInsights.Refuse(row, "deleted")),
        Show = (op, row, shown) =>
        {
            if (op.Operation.Method is "DELETE") shown.Clear();
            else foreach (var (name, value) in Show(row)) shown[name] = value?.DeepClone();
        },
    };

    /// <summary>With those that every account has.</summary>
    public static IResourceRows Rows(Database store) => new ManagedInsights(store.Documents.Rows(new DocumentKind(RecordType)));

    public static JsonObject Show(ResourceRow row)
    {
        var shown = new JsonObject
        {
            ["id"] = row.Id, ["name"] = row.Body.Text("name"), ["instructions"] = row.Body.Text("instructions"),
            ["webhook"] = row.Body.Text("webhook") ?? "",
            ["insight_type"] = ManagedInsights.Has(row) ? "default" : "custom", ["created_at"] = TelnyxTime.Millis(row.CreatedAt),
        };
        if (row.Body["json_schema"] is { } schema) shown["json_schema"] = schema.DeepClone();
        return shown;
    }

    /// <summary>A name, and where results are told, as templates and groups of them have both.</summary>
    public static async ValueTask<Problem?> CheckNamesAsync(OperationContext op, JsonObject body, AssistantParts parts)
    {
        if (body.Text("name") is not { } name || name.Trim().Length is 0 or > LongestName)
            return AssistantBody.At("/name", Voice.VoiceErrors.BadLength, $"name must have 1 to {LongestName} characters.");
        return await AssistantBody.CheckUrlAsync(op, body.Filled("webhook"), "/webhook", parts);
    }

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, AssistantParts parts)
    {
        if (string.IsNullOrWhiteSpace(body.Text("instructions")))
            return AssistantBody.At("/instructions", Voice.VoiceErrors.MissingParameter, "instructions is required.");
        if (body.Filled("json_schema") is { } text && !IsObject(text))
            return AssistantBody.At("/json_schema", Voice.VoiceErrors.BadRequest,
                "json_schema must be a JSON schema: an object, or its text.");
        return await CheckNamesAsync(op, body, parts);
    }

    private static bool IsObject(string text)
    {
        try
        {
            // Whoever asks by it reads its names and writes it again: neither takes a name that is there twice, or half a character.
            return JsonNode.Parse(text, documentOptions: new() { AllowDuplicateProperties = false }) is JsonObject schema
                && schema.ToJsonString().Length > 0;
        }
        catch (Exception none) when (none is System.Text.Json.JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
