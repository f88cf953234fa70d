namespace Ringwright.Core;

/// <summary>What one call may have at once, whoever asks for it: one more is refused by name and number.</summary>
public static class CallLimits
{
    /// <summary>Playbacks and speaks that wait on one leg, or in one conference.</summary>
    public const int QueuedPrompts = 256;
    /// <summary>Commands that send digits, waiting on one leg.</summary>
    public const int QueuedDigits = 64;
    /// <summary>Recordings that run on one leg.</summary>
    public const int Recordings = 16;
    /// <summary>
    /// Keys of one far end that are heard at once, and a second from then on: machines press twelve a second. Each is a row, and a request
    /// to the customer.
    /// </summary>
    public const int KeysAtOnce = 200, KeysASecond = 25;
}
