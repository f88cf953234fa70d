namespace Ringwright.Http;

/// <summary>Whether a request's client is still there. A feature of the connection; not every connection has it.</summary>
public interface IClientPresence
{
    /// <summary>
    /// True when the client has reset the connection or closed it in both directions, so that no answer can reach it.
    /// One that is only done with sending is there. It may take half a second, and is to be asked before the answer begins.
    /// </summary>
    /// <param name="takesInterim">The client speaks HTTP/1.1, which knows interim responses (RFC 9110 section 15.2).</param>
    ValueTask<bool> HasLeftAsync(bool takesInterim);

    /// <summary>Ends when the client sends nothing more: it has gone, or waits for its answer.</summary>
    CancellationToken SaidAll { get; }
}
