namespace Ringwright.Calls;

/// <summary>How long a webhook that nobody takes is tried again.</summary>
public enum RetrySchedule
{
    /// <summary>Three times at each URL, within seconds: an event that is older is of no use to who commands a call.</summary>
    Short,
    /// <summary>
    /// For a day, at times that are further and further apart, or when the server says (Retry-After): for who keeps books.
    /// </summary>
    Long,
}
