using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Contract.Conformance.Dialects;

/// <summary>The dialects that the walk asks. A new one is a value here and a file of rows.</summary>
internal static class WalkedDialects
{
    private static readonly WalkedDialect Operator = new()
    {
        Name = "operator", Root = "/operator/v1", Envelope = Http.Envelope.Data, IsOperators = true, Things = OperatorThings.Rows,
        Show = static (request, account) => Bear(request, account, "operator_key"),
        CodeOf = static answer => Shape(answer.Json, "errors") && answer.Json["errors"] is JsonArray { Count: > 0 } errors
            && errors[0] is JsonObject first && Texts(first, "code", "title", "detail") ? (string?)first["code"] : null,
        Scopes = new Dictionary<string, string> { ["account_id"] = "id" },
        WholeList = static list => list.FindQuery("page") is { IsDeep: true } ? "page[size]=250" : "",
        Everybodys = new HashSet<string> { "LookUpDoNotCall" },
        OfLab = new HashSet<string> { "CreateTryLink", "ListLabCalls", "SetClock" },
    };

    private static readonly WalkedDialect Telefonie = new()
    {
        Name = "telefonie", Root = "/telefonie/v1", Things = TelefonieThings.Rows, ReadsLooseTypes = true,
        Show = static (request, account) => request.Headers.Add("X-API-Key", (string)account["telefonie_key"]!),
        CodeOf = static answer => Shape(answer.Json, "error") && answer.Json["error"] is JsonObject error
            && Texts(error, "code", "message", "request_id") ? (string?)error["code"] : null,
    };

    private static readonly WalkedDialect Chakra = new()
    {
        Name = "chakra", Root = "/chakra/v1/ext", Things = ChakraThings.Rows, ReadsLooseTypes = true,
        Envelope = new("_data") { Beside = [new("_meta", "{}"), new("_errors", "[]")] },
        Show = static (request, account) => Bear(request, account, "chakra_token"),
        CodeOf = static answer => Shape(answer.Json, "_data", "_meta", "_errors") && answer.Json["_data"] is null
            && answer.Json["_meta"] is JsonObject meta && Texts(meta, "requestId")
            && answer.Json["_errors"] is JsonArray { Count: > 0 } errors && errors[0] is JsonObject first && Texts(first, "code", "message")
            ? (string?)first["code"] : null,
        Uploads = new HashSet<string> { "TakePluginEvent", "TakeProviderEvent" },
    };

    private static readonly WalkedDialect Voipbin = new()
    {
        Name = "voipbin", Root = "/v1.0", Envelope = new(null) { List = "result" }, Things = VoipbinThings.Rows,
        Show = static (request, account) =>
        {
            string url = request.RequestUri!.OriginalString, key = Uri.EscapeDataString((string)account["voipbin_accesskey"]!);
            request.RequestUri = new($"{url}{(url.Contains('?') ? '&' : '?')}accesskey={key}", UriKind.Relative);
        },
        CodeOf = static answer => Shape(answer.Json, "error") && answer.Json["error"] is JsonObject error
            && Texts(error, "status", "reason", "message", "request_id") ? (string?)error["reason"] : null,
        Uploads = new HashSet<string> { "ImportTargets" },
        Silent = new HashSet<string> { "Login" },
    };

    private static readonly WalkedDialect Agency = new()
    {
        Name = "agency", Root = "/api/agency/v1", Things = AgencyThings.Rows, ReadsLooseTypes = true,
        Show = static (request, account) => Bear(request, account, "telnyx_key"),
        CodeOf = static answer => Shape(answer.Json, "error") && answer.Json["error"] is JsonObject error
            && error["details"] is JsonObject && Texts(error, "code", "message", "request_id") ? (string?)error["code"] : null,
        Uploads = new HashSet<string> { "VoiceWebhook", "FunctionWebhookIngest", "CarrierWebhook", "FunctionCarrierWebhook" },
    };

    private static readonly WalkedDialect Twiml = new()
    {
        Name = "twiml", Root = "/2010-04-01", Things = TwimlThings.Rows,
        Show = static (request, account) => request.Headers.Authorization = new("Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account["account_sid"]}:{account["telnyx_key"]}"))),
        CodeOf = static answer => Shape(answer.Json, "code", "message", "more_info", "status")
            && answer.Json["code"] is JsonValue code && code.GetValueKind() is JsonValueKind.Number
            && (int?)answer.Json["status"] == answer.Status && Texts(answer.Json.AsObject(), "message", "more_info")
            ? code.ToString() : null,
        UnknownId = static name => name is "CountryCode" ? "ZZ" : (name is "AccountSid" ? "AC" : "ZZ") + new string('0', 31) + "1",
        Scopes = new Dictionary<string, string> { ["AccountSid"] = "account_sid" },
    };

    public static IReadOnlyList<WalkedDialect> All { get; } = [Operator, Telefonie, Chakra, Voipbin, Agency, Twiml];

    public static WalkedDialect Find(string name) => All.Single(dialect => dialect.Name == name);

    private static void Bear(HttpRequestMessage request, JsonNode account, string member) =>
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (string)account[member]!);

    /// <summary>An object with these members and no other.</summary>
    private static bool Shape([NotNullWhen(true)] JsonNode? node, params ReadOnlySpan<string> names)
    {
        if (node is not JsonObject fields || fields.Count != names.Length) return false;
        foreach (string name in names)
            if (!fields.ContainsKey(name)) return false;
        return true;
    }

    /// <summary>Texts that say something.</summary>
    private static bool Texts(JsonObject fields, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (fields[name] is not JsonValue value || !value.TryGetValue(out string? text) || text.Length == 0) return false;
        return true;
    }
}
