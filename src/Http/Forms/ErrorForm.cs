using System.Text.Json.Nodes;
using Microsoft.Extensions.Primitives;

namespace Ringwright.Http;

/// <summary>How an API writes errors.</summary>
public abstract class ErrorForm
{
    /// <summary>The body of a reply that fails.</summary>
    public abstract ErrorDocument Write(ErrorReport report);
}

/// <summary>What went wrong with a request, to be written.</summary>
/// <param name="Operation">Null where the path names none.</param>
/// <param name="Problems">At least one; the first decided the status.</param>
public sealed record ErrorReport(ErrorCatalogue Catalogue, Operation? Operation, IReadOnlyList<Problem> Problems,
    int Status, string RequestId)
{
    public string TitleOf(Problem problem) => Catalogue.Find(problem.Code)?.Title ?? "Error";

    /// <summary>The problem's own sentence, or its title as one.</summary>
    public string TextOf(Problem problem) => problem.Detail ?? TitleOf(problem) + ".";
}

/// <summary>An error as it goes out.</summary>
public sealed record ErrorDocument(string ContentType, byte[] Body)
{
    public IReadOnlyList<KeyValuePair<string, StringValues>> Headers { get; init; } = [];

    public static ErrorDocument Json(JsonNode body) => new(ReplyWriter.JsonType, PlainJsonNodes.Write(body));
}

/// <summary>
/// Errors as JSON:API lists them: an <c>errors</c> array of code, title, detail, the source (a pointer into the body, or a parameter),
/// and as meta the page of the code where the catalogue knows one.
/// </summary>
public sealed class ErrorList : ErrorForm
{
    public override ErrorDocument Write(ErrorReport report) => ErrorDocument.Json(Of(report));

    public static JsonObject Of(ErrorReport report)
    {
        var errors = new JsonArray();
        foreach (var problem in report.Problems)
        {
            var error =
                new JsonObject { ["code"] = problem.Code, ["title"] = report.TitleOf(problem), ["detail"] = report.TextOf(problem) };
            if (problem.Pointer is not null) error["source"] = new JsonObject { ["pointer"] = problem.Pointer };
            else if (problem.Parameter is not null) error["source"] = new JsonObject { ["parameter"] = problem.Parameter };
            if (report.Catalogue.Documentation is { } page)
                error["meta"] = new JsonObject { ["url"] = page.Replace("{code}", problem.Code, StringComparison.Ordinal) };
            errors.Add((JsonNode)error);
        }

        return new() { ["errors"] = errors };
    }
}
