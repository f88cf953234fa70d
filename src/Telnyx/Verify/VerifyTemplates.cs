using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Verify;

/// <summary>What codes are told with: two texts that are always there, and the account's own.</summary>
internal static class VerifyTemplates
{
    public const string RecordType = "verify_template";

    private const string Words = "text";
    private const int Longest = 1_000;

    /// <summary>Where a channel names none: the first where it has a name of its own, the second where it has none.</summary>
    private static readonly (string Id, string Text) Named = ("0191d5c0-0000-7000-8000-000000000001",
        "{{code}} is your code for {{app_name}}. Tell it to nobody."), Plain = ("0191d5c0-0000-7000-8000-000000000002",
        "{{code}} is your code. Tell it to nobody.");

    public static ResourceKind Kind() => new(RecordType) { Validate = (_, body, _) => new(Check(body)) };

    /// <summary>Those that are always there first; there are no pages.</summary>
    public static async ValueTask<Reply> List(OperationContext op, VerifyParts parts)
    {
        var own = await Rows(parts.Store).ListAsync(op.Tenant, new() { Limit = int.MaxValue }, op.Stop);
        return op.Ok(new JsonArray(
        [
            Shown(Named.Id, Named.Text), Shown(Plain.Id, Plain.Text),
            .. own.Rows.Select(row => Shown(row.Id, row.Body.Text(Words) ?? "")),
        ]));
    }

    /// <summary>The text of a template; null for an id that is none of the account's.</summary>
    public static async ValueTask<string?> FindAsync(Database store, TenantId tenant, string id, CancellationToken stop) =>
        id == Named.Id ? Named.Text : id == Plain.Id ? Plain.Text
        : Guid.TryParse(id, out _) ? (await Rows(store).FindAsync(tenant, id, stop))?.Body.Text(Words) : null;

    /// <summary>What is used where no template is named.</summary>
    public static string Usual(string? appName) => appName is null ? Plain.Text : Named.Text;

    public static string Fill(string template, string code, string appName) => TemplateMarks.Mark().Replace(template,
        mark => TemplateMarks.NameOf(mark) == "code" ? code : appName);

    private static IResourceRows Rows(Database store) => store.Documents.Rows(new DocumentKind(RecordType));

    private static Problem? Check(JsonObject body)
    {
        string text = body.Text(Words) ?? "";
        if (text.Length > Longest || text.Contains('\0'))
            return At($"{Words} must have at most {Longest} characters, and not U+0000.");
        var marks = TemplateMarks.Mark().Matches(text).Select(TemplateMarks.NameOf).ToList();
        if (!marks.Contains("code")) return At($"{Words} must hold {{{{code}}}}, in whose place the code stands.");
        return marks.Find(name => name is not ("code" or "app_name")) is { } other
            ? At($"{Words} holds {{{{{other}}}}}; only {{{{code}}}} and {{{{app_name}}}} are known.") : null;
    }

    private static JsonNode Shown(string id, string text) => new JsonObject { ["id"] = id, [Words] = text };

    private static Problem At(string detail) => new(VoiceErrors.BadRequest, detail) { Pointer = "/" + Words, Status = 400 };
}
