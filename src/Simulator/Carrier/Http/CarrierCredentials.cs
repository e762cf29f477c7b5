using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace CarrierOptimization.Simulator.Carrier.Http;

/// <summary>Reads who calls from the <c>Authorization</c> header.</summary>
internal static class CarrierCredentials
{
    public static readonly CarrierAnswer Missing =
        CarrierAnswer.Error(401, "Full authentication is required to access this resource", null);

    public static readonly CarrierAnswer Wrong = CarrierAnswer.Error(401, "Invalid credentials", "10000001");

    /// <returns>The user, or <c>null</c> with the answer to give.</returns>
    public static CarrierUser? Find(HttpRequest request, IReadOnlyList<CarrierUser> users, out CarrierAnswer refusal)
    {
        refusal = Missing;
        string header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        refusal = Wrong;
        var decoded = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[6..].Trim(), decoded, out int length))
        {
            return null;
        }

        string[] parts = Encoding.UTF8.GetString(decoded, 0, length).Split(':', 2);
        return parts.Length != 2 ? null : users.FirstOrDefault(user =>
            user.Name == parts[0] && CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(user.ApiKey), Encoding.UTF8.GetBytes(parts[1])));
    }
}
