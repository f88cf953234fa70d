using Microsoft.AspNetCore.Http;

namespace Ringwright.Http;

/// <summary>A request of somebody who has signed in to a listener's pages.</summary>
/// <param name="Caller">An account's, by whose key the session was opened; on the operator's listener the operator.</param>
/// <param name="Token">
/// What a form of the page sends back as its field <see cref="PageSessions.TokenField"/>, or a script in the header
/// <see cref="PageSessions.TokenHeader"/>: no page of another origin knows it.
/// </param>
public sealed record PageVisit(HttpContext Http, Caller Caller, string Token)
{
    /// <summary>Ends when the browser has gone.</summary>
    public CancellationToken Stop => Http.RequestAborted;

    /// <summary>Writes a page whole. Text of others is to be encoded before.</summary>
    public Task ShowAsync(string html) => PageGuard.WriteAsync(Http, StatusCodes.Status200OK, html);

    /// <summary>Sends the browser on to another page of ours, behind what a form has done.</summary>
    /// <param name="path">Begins with a slash.</param>
    public void SendOn(string path) => PageGuard.SendOn(Http, path);
}
