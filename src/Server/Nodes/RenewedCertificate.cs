using Ringwright.Net.Streams;
using Ringwright.Server.Telemetry;

namespace Ringwright.Server.Nodes;

/// <summary>
/// What a listener shows, read anew while the node runs: a certificate lives for weeks, and a node for longer. What cannot be read, or has
/// no key that fits, as while its files are written one after the other, leaves the one before in its place.
/// </summary>
/// <param name="read">Throws <see cref="StartRefused"/> where there is nothing to show.</param>
/// <param name="first">What is shown from the start on.</param>
internal sealed class RenewedCertificate(Func<TlsIdentity> read, TlsIdentity first, TimeProvider time, ILogger logger)
{
    /// <summary>Between two looks. Each comes before a handshake, which costs as much.</summary>
    internal static readonly TimeSpan Between = TimeSpan.FromSeconds(30);

    private TlsIdentity _shown = first;
    private long _lookedAt = time.GetTimestamp();
    private string? _trouble;
    private int _isLooking;

    /// <summary>Waits for nobody who looks already: his disk may stand still.</summary>
    /// <returns>What is shown from now on; null where that has not changed.</returns>
    public TlsIdentity? Look()
    {
        if (time.GetElapsedTime(Volatile.Read(ref _lookedAt)) < Between || Interlocked.Exchange(ref _isLooking, 1) == 1) return null;
        try
        {
            return Read();
        }
        finally
        {
            Volatile.Write(ref _lookedAt, time.GetTimestamp());
            Volatile.Write(ref _isLooking, 0);
        }
    }

    private TlsIdentity? Read()
    {
        try
        {
            var found = read();
            _trouble = null;
            if (IsShown(found))
            {
                found.Certificate.Dispose();
                return null;
            }
            _shown = found;
            logger.CertificateRenewed(found.Certificate.Subject, found.Certificate.NotAfter);
            return found;
        }
        catch (StartRefused refused)
        {
            if (refused.Message != _trouble) logger.CertificateNotRenewed(_shown.Certificate.NotAfter, refused.Message);
            _trouble = refused.Message;
            return null;
        }
    }

    private bool IsShown(TlsIdentity found) => found.Certificate.Thumbprint == _shown.Certificate.Thumbprint
        && found.Chain.Select(one => one.Thumbprint).SequenceEqual(_shown.Chain.Select(one => one.Thumbprint));
}
