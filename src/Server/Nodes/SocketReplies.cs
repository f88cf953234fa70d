using System.Text.Json.Nodes;

namespace Ringwright.Server.Nodes;

/// <summary>How the paths below <c>/node</c> read a body and answer: JSON, and one sentence when they refuse.</summary>
internal static class SocketReplies
{
    public static async Task<JsonNode> BodyAsync(HttpContext http) =>
        await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted) ?? new JsonObject();

    public static Task RefuseAsync(HttpContext http, string sentence)
    {
        http.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return WriteAsync(http, new JsonObject { ["errors"] = new JsonArray(new JsonObject { ["detail"] = sentence }) });
    }

    public static Task WriteAsync(HttpContext http, JsonNode body)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body.ToJsonString(), http.RequestAborted);
    }
}
