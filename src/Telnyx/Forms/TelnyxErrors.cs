using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Telnyx;

/// <summary>
/// Errors as the contract's families have them: an array of them, with words of OAuth or of another shape beside it, as XML, or as a page.
/// </summary>
internal sealed class TelnyxErrors : ErrorForm
{
    public override ErrorDocument Write(ErrorReport report) => (report.Operation?.Errors ?? ErrorStyle.Errors) switch
    {
        ErrorStyle.OAuth => ErrorDocument.Json(WithOAuth(ErrorList.Of(report), report)),
        ErrorStyle.Detail => ErrorDocument.Json(WithDetail(ErrorList.Of(report), report)),
        ErrorStyle.OpenAi => ErrorDocument.Json(WithOpenAi(WithDetail(ErrorList.Of(report), report), report)),
        ErrorStyle.Xml => new("application/xml", Xml(report)),
        ErrorStyle.Page => Page(report),
        _ => ErrorDocument.Json(ErrorList.Of(report)),
    };

    private static ErrorDocument Page(ErrorReport report)
    {
        var problem = report.Problems[0];
        return new(ErrorPage.ContentType, ErrorPage.Write(report.TitleOf(problem), report.TextOf(problem), report.RequestId))
        {
            Headers = ErrorPage.Headers
        };
    }

    // RFC 6749 section 5.2 names the words. Clients of either shape find theirs.
    private static JsonObject WithOAuth(JsonObject body, ErrorReport report)
    {
        body["error"] = report.Problems[0].Word ?? report.Status switch
        {
            401 => report.Operation is { TakesClient: true } ? "invalid_client" : "invalid_token",     // RFC 6749 and RFC 6750
            403 => "access_denied",
            429 or 503 => "temporarily_unavailable",
            >= 500 => "server_error",
            _ => "invalid_request",
        };
        body["error_description"] = report.TextOf(report.Problems[0]);
        return body;
    }

    private static JsonObject WithDetail(JsonObject body, ErrorReport report)
    {
        body["detail"] = new JsonArray([.. report.Problems.Select(p => (JsonNode)new JsonObject
        {
            ["loc"] = Location(p),
            ["msg"] = report.TextOf(p),
            ["type"] = p.Pointer is null && p.Parameter is null ? "error" : "value_error",
        })]);
        return body;
    }

    // Clients of OpenAI's read nothing else of an error.
    private static JsonObject WithOpenAi(JsonObject body, ErrorReport report)
    {
        var problem = report.Problems[0];
        body["error"] = new JsonObject
        {
            ["message"] = report.TextOf(problem),
            ["type"] = report.Status switch { 429 => "rate_limit_error", >= 500 => "server_error", _ => "invalid_request_error" },
            ["param"] = problem.Pointer?.TrimStart('/') ?? problem.Parameter, ["code"] = problem.Code,
        };
        return body;
    }

    private static JsonArray Location(Problem problem)
    {
        if (problem.Parameter is not null) return ["query", problem.Parameter];
        if (problem.Pointer is null) return [];
        var location = new JsonArray { "body" };
        foreach (var name in problem.Pointer.Split('/').Skip(1))
        {
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index)) location.Add((JsonNode)index);
            else location.Add((JsonNode)name);
        }

        return location;
    }

    private static byte[] Xml(ErrorReport report)
    {
        string code = report.Status switch
        {
            401 or 403 => "AccessDenied",
            404 => "NoSuchKey",
            405 => "MethodNotAllowed",
            429 => "SlowDown",
            501 => "NotImplemented",
            >= 500 => "InternalError",
            _ => "InvalidRequest",
        };
        string text = System.Security.SecurityElement.Escape(report.TextOf(report.Problems[0]));
        return Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" +
            $"<Error><Code>{code}</Code><Message>{text}</Message><RequestId>{report.RequestId}</RequestId></Error>");
    }
}
