using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Ringwright.Calls.Texts;
using Ringwright.Campaigns.Carriers;

namespace Ringwright.Server.Modules;

/// <summary>Where carriers by HTTP send what became of texts, and texts. Who knows the path is the carrier.</summary>
internal static class TextCarrierPages
{
    internal const string Root = "/text_carriers";
    private const int MostBytes = 256 * 1024;

    public static void MapTextCarriers(this IEndpointRouteBuilder routes, TextCarriers carriers) =>
        routes.MapMethods(Root + "/{carrier}/{secret}", [HttpMethods.Post], (RequestDelegate)(http => TakeAsync(http, carriers)));

    private static async Task TakeAsync(HttpContext http, TextCarriers carriers)
    {
        var come = Guid.TryParse(http.Request.RouteValues["carrier"] as string, out var carrier)
            && http.Request.RouteValues["secret"] is string secret
            ? await carriers.TakeAsync(carrier, secret, () => ReadAsync(http), http.RequestAborted) : HttpTextCome.Unknown;
        http.Response.StatusCode = come switch
        {
            HttpTextCome.Done => StatusCodes.Status200OK,
            HttpTextCome.Unknown => StatusCodes.Status404NotFound,
            HttpTextCome.Refused => StatusCodes.Status422UnprocessableEntity,
            _ => StatusCodes.Status503ServiceUnavailable,
        };
    }

    /// <returns>A form as an object of its fields; null for what is neither that nor JSON.</returns>
    private static async ValueTask<JsonNode?> ReadAsync(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MostBytes;
        try
        {
            if (http.Request.HasFormContentType)
            {
                var form = await http.Request.ReadFormAsync(http.RequestAborted);
                return new JsonObject(form.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)field.Value.ToString())));
            }
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
            return HttpTextWay.ParseSent(body.GetBuffer().AsMemory(0, (int)body.Length));
        }
        catch (Exception unreadable) when (unreadable is BadHttpRequestException or InvalidDataException)
        {
            return null;
        }
    }
}
