using System.Text.Json.Nodes;

namespace Ringwright.Http.Parcels;

/// <summary>How the parcel office speaks.</summary>
internal static class ParcelForm
{
    public static readonly CredentialForm.SessionCookie Session = new("parcels", "parcel-token") { Origins = ["https://desk.example.com"] };

    public static readonly ApiForm Form = new()
    {
        Errors = new Failures(),
        Paging = new OffsetPages("skip", "take", new()
        {
            Items = "entries",
            Facts = new Dictionary<string, PageFact> { ["count"] = PageFact.Total, ["next"] = PageFact.Next },
        }),
        Lists = new(),
        Resources = new()
        {
            Id = "key",
            CreatedAt = "made",
            UpdatedAt = "changed",
            Time = static at => at.ToUnixTimeSeconds(),
            Mint = static (_, op) => $"pcl_{op.Snowflakes.Next():x}",
        },
        Access = new()
        {
            // An account goes by the first letters of its id.
            Forms =
            [
                new CredentialForm.BasicHeader("parcels", static (caller, user) => user == caller.Tenant.ToString()[..8]),
                new CredentialForm.KeyHeader("Parcel-Key"),
                new CredentialForm.QueryParameter("secret"),
                Session,
            ],
            Hint = "log in",
        },
        Headers = new() { RequestId = "parcel-request", RateRemaining = "parcel-rest" },
    };

    private sealed class Failures : ErrorForm
    {
        public override ErrorDocument Write(ErrorReport report)
        {
            var problem = report.Problems[0];
            var failure = new JsonObject { ["reason"] = problem.Code, ["text"] = report.TextOf(problem) };
            if ((problem.Pointer ?? problem.Parameter) is { } at) failure["at"] = at.TrimStart('/');
            return ErrorDocument.Json(new JsonObject { ["ok"] = false, ["failure"] = failure });
        }
    }
}
