using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Voipbin;

/// <summary>How this API writes and reads what the engine says for it.</summary>
public static class VoipbinForm
{
    public const string TokenCookie = "token";

    /// <summary>Family of the operations at the root of the host, whose refusals say nothing.</summary>
    internal const string LoginFamily = "Login";

    internal static readonly UniqueMoments Moments = new();

    public static readonly ApiForm Form = new()
    {
        Errors = new Failure(VoipbinContract.ReadMissing()),
        Paging = new MomentPages
        {
            Size = "page_size", Token = "page_token", Most = 100, Items = "result", Next = "next_page_token", Made = "tm_create",
            Notations = [VoipbinTime.Notation, VoipbinTime.Iso], Notation = VoipbinTime.Iso,
        },
        Lists = new(),
        Resources = new()
        {
            CreatedAt = "tm_create", UpdatedAt = "tm_update", Time = static at => (JsonNode)VoipbinTime.Text(at), Moments = Moments,
        },
        PassesEmptyChoices = true,
        FoldsIds = true,
        IsId = static (_, text) => Guid.TryParseExact(text, "D", out var id) && id != Guid.Empty,
        Access = new()
        {
            IsInOrder = true,
            Forms =
            [
                new CredentialForm.KeyCookie(TokenCookie), new CredentialForm.QueryParameter("token"), new CredentialForm.BearerHeader(),
                new CredentialForm.KeyCookie("accesskey"), new CredentialForm.QueryParameter("accesskey"),
            ],
            Hint = "send 'Authorization: Bearer TOKEN', or an accesskey as the query parameter accesskey",
        },
    };

    /// <summary>The first thing that is wrong; its reason is the code, and the catalogue's title the word of its status.</summary>
    private sealed class Failure(FrozenDictionary<string, string> missing) : ErrorForm
    {
        public override ErrorDocument Write(ErrorReport report)
        {
            // Who logs in is not told what was wrong.
            if (report is { Status: 400, Operation.Family: LoginFamily }) return new("application/json", []);
            var problem = report.Problems[0];
            string reason = problem.Code == report.Catalogue.CodeOf(Fault.UnknownResource)
                && missing.TryGetValue(report.Operation?.Family ?? "", out var own) ? own : problem.Code;
            var error = new JsonObject
            {
                ["status"] = report.TitleOf(problem),
                ["reason"] = reason,
                ["message"] = MessageOf(report, problem),
                ["request_id"] = "req_" + report.RequestId,
            };
            if (problem.Code == report.Catalogue.CodeOf(Fault.TooManyRequests))
                error["details"] = new JsonArray(new JsonObject { ["limited_by"] = problem.Word is "ip" ? "ip" : "customer" });
            return ErrorDocument.Json(new JsonObject { ["error"] = error });
        }

        /// <summary>With the name of the field, where the sentence does not say it.</summary>
        private static string MessageOf(ErrorReport report, Problem problem)
        {
            string text = problem.Detail ?? report.TextOf(problem), field = (problem.Pointer ?? problem.Parameter ?? "").TrimStart('/');
            return field.Length == 0 || text.Contains(field, StringComparison.Ordinal) ? text : $"{field}: {text}";
        }
    }
}
