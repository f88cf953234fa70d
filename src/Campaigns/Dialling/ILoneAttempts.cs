using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>How an attempt without a call has ended.</summary>
public enum LoneEnd
{
    /// <summary>All is well.</summary>
    Done,
    /// <summary>It has failed: the plan says whether it is tried again.</summary>
    Failed,
    /// <summary>It was cut off: what of it was done nobody knows, and nobody does it twice.</summary>
    Lost,
    /// <summary>It was not begun.</summary>
    Refused,
}

/// <summary>Carries out the attempts of campaigns that call nobody.</summary>
public interface ILoneAttempts
{
    /// <summary>The account may begin another one at this moment.</summary>
    bool HasRoom(TenantId tenant);

    /// <summary>Waits until it is over.</summary>
    /// <param name="application">What the campaign has for each target.</param>
    /// <param name="begun">Is called once it has begun, before it is over: never where it is refused.</param>
    /// <param name="stop">Cuts it off.</param>
    Task<LoneEnd> RunAsync(DialAttempt attempt, Application application, Action begun, CancellationToken stop);
}
