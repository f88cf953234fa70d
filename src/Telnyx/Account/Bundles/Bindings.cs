using Ringwright.Http;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Account.Bundles;

/// <summary>Bundles for a price a month: the operator's offer, and what the account took of it.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(BundleParts parts) =>
    [
        Handle("GetUserBillingBundles", op => BillingBundles.List(op, parts)),
        Handle("GetBillingBundleById", op => BillingBundles.Get(op, parts)),

        Handle("GetUserBundles", op => UserBundles.List(op, parts)),
        Handle("CreateUserBundlesBulk", op => UserBundles.Create(op, parts)),
        Handle("GetUnusedUserBundles", op => UserBundles.Unused(op, parts)),
        Handle("GetUserBundleById", op => UserBundles.Get(op, parts)),
        Handle("DeactivateUserBundle", op => UserBundles.Deactivate(op, parts)),
        Handle("GetUserBundleResources", op => UserBundles.Resources(op, parts)),
    ];
}
