using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace CarrierOptimization.Adapters.Credentials;

/// <summary>How this installation signs in at a carrier.</summary>
public sealed record CarrierCredentials(string UserName, string ApiKey)
{
    /// <summary>Without the key.</summary>
    public override string ToString() => $"user {UserName}";
}

/// <summary>Encrypts credentials for the database, with keys in a folder that only this user can read.</summary>
public sealed class CredentialVault
{
    private const string Purpose = "CarrierOptimization.CarrierCredentials";

    private readonly IDataProtector _protector;

    /// <param name="dataFolder">Keys are kept in its folder <c>keys</c>, readable by this user only.</param>
    public CredentialVault(string dataFolder)
    {
        DirectoryInfo keys = Directory.CreateDirectory(Path.Combine(dataFolder, "keys"));
        if (!OperatingSystem.IsWindows())
        {
            keys.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        }

        _protector = DataProtectionProvider.Create(keys, builder => builder.SetApplicationName("carrier-optimizer"))
            .CreateProtector(Purpose);
    }

    public string Seal(CarrierCredentials credentials) => _protector.Protect(JsonSerializer.Serialize(credentials));

    /// <exception cref="CredentialException">There are none, or they were sealed with other keys.</exception>
    public CarrierCredentials Open(string providerName, string? credentials)
    {
        if (credentials is null)
        {
            throw new CredentialException(
                $"Provider \"{providerName}\" has no credentials; set them with "
                + $"\"cco providers set {providerName} --user ... --key-file ...\".");
        }

        try
        {
            return JsonSerializer.Deserialize<CarrierCredentials>(_protector.Unprotect(credentials))!;
        }
        catch (CryptographicException)
        {
            throw new CredentialException(
                $"The credentials of provider \"{providerName}\" can't be decrypted with the keys in this data folder; "
                + "restore its \"keys\" folder or set the credentials again.");
        }
    }
}

/// <summary>The credentials of a provider can't be used: says why and what to do, never the credentials.</summary>
public sealed class CredentialException(string message) : Exception(message);
