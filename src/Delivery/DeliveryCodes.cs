using Ringwright.Egress;

namespace Ringwright.Delivery;

/// <summary>The numeric codes of failed attempts in the delivery log.</summary>
internal static class DeliveryCodes
{
    public const int Other = 75000, Dns = 75001, NoAnswer = 75002, Tls = 75003;

    public static IReadOnlyList<int> Of(EgressResult result) => result.Failure switch
    {
        EgressFailure.None => [],
        EgressFailure.Dns => [Dns],
        EgressFailure.Connect or EgressFailure.TimedOut or EgressFailure.Broken => [NoAnswer],
        EgressFailure.Tls => [Tls],
        EgressFailure.HttpStatus => [OfStatus(result.Status ?? 0)],
        _ => [Other],
    };

    private static int OfStatus(int status) => status switch
    {
        >= 300 and < 400 => 75300,
        400 => 75400,
        404 => 75404,
        >= 400 and < 500 => 75499,
        500 => 75500,
        > 500 => 75599,
        _ => Other,
    };
}
